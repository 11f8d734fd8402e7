from . import (
    test_concurrency,
    test_cron,
    test_domain_change,
    test_hosts,
    test_keys,
    test_operation,
    test_policy,
    test_portal,
    test_security,
    test_state,
    test_terms,
)
