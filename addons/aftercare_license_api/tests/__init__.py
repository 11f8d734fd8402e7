from . import (
    test_activation,
    test_attacks,
    test_checkins,
    test_clients,
    test_license_file,
    test_limits,
    test_openapi,
    test_release,
    test_signing_key,
    test_status,
    test_validate,
    test_verdict,
)
