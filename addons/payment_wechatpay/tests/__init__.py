from . import (
    test_bill,
    test_notice,
    test_order,
    test_provider,
    test_refund,
    test_simulator,
)
