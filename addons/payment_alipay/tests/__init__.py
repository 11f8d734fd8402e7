from . import (
    test_bill,
    test_notice,
    test_order,
    test_provider,
    test_refund,
    test_rsa2,
    test_simulator,
)
