from . import helpdesk_lead
