from . import test_helpdesk_ticket_record, test_portal, test_salesperson
