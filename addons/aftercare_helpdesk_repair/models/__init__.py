from . import helpdesk_ticket, helpdesk_ticket_team, repair_order
