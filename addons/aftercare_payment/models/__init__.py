from . import (
    payment_bill,
    payment_bill_line,
    payment_notice,
    payment_provider,
    payment_simulator_order,
    payment_simulator_refund,
    payment_transaction,
)
