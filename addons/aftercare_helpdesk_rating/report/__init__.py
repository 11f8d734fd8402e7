from . import helpdesk_rating_report
