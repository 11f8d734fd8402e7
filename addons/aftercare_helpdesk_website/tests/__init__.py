from . import (
    test_portal_access,
    test_portal_list,
    test_portal_ticket,
    test_ticket_form,
    test_ticket_form_limits,
    test_ticket_team,
    test_tour,
    test_utils,
)
