from . import (
    account_move,
    referral_commission,
    referral_statement,
    res_partner,
    wallet_account,
    wallet_withdrawal,
)
