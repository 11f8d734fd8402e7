from . import helpdesk_ticket_merge, helpdesk_ticket_split
