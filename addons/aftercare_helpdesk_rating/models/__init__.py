from . import helpdesk_ticket, helpdesk_ticket_team, rating_rating, service_agent
