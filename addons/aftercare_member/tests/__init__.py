from . import (
    test_member,
    test_member_import,
    test_portal,
    test_registration,
    test_rights,
)
