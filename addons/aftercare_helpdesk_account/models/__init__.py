from . import account_move, helpdesk_ticket, helpdesk_ticket_team
