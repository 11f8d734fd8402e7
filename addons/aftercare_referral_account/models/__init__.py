from . import (
    account_move,
    account_move_line,
    account_partial_reconcile,
    account_payment,
    referral_commission,
)
