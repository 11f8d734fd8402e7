from . import helpdesk_ticket_attempt, helpdesk_ticket_team
