from . import helpdesk_ticket, helpdesk_ticket_team, loyalty_card
