from . import helpdesk_desk, helpdesk_ticket, helpdesk_ticket_stage, sla_policy, sla_status
