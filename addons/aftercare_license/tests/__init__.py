from . import (
    test_cron,
    test_domain_change,
    test_hosts,
    test_keys,
    test_state,
    test_terms,
)
