from . import test_helpdesk_member
