from . import referral_commission, referral_rule, res_partner
