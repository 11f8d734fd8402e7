from . import (
    test_capacity_concurrency,
    test_choose,
    test_choose_absence,
    test_handover,
    test_own_customers,
    test_partner_agent,
    test_presence,
    test_presence_menu,
    test_scoring,
    test_service_agent,
    test_service_assignment,
    test_service_assignment_try,
)
