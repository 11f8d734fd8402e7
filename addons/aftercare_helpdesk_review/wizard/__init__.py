from . import helpdesk_ticket_review_decide
