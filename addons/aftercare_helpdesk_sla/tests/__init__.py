from . import test_helpdesk_sla, test_helpdesk_ticket_sla
