from . import helpdesk_ticket, helpdesk_ticket_customer, helpdesk_ticket_team, notification_rule
