from . import (
    base_partner_merge,
    referral_commission_operation,
    referral_referrer_change,
    referral_statement_make,
)
