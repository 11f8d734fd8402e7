from . import crm_lead, helpdesk_ticket, helpdesk_ticket_team
