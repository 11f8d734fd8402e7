from . import (
    test_customer_access,
    test_family,
    test_level,
    test_level_purchase,
    test_levels,
    test_member,
    test_member_import,
    test_portal,
    test_registration,
    test_rights,
    test_welcome_bonus,
)
