from . import (
    test_access,
    test_bill,
    test_cron,
    test_notice,
    test_reference,
    test_refund,
    test_rsa,
    test_tools,
)
