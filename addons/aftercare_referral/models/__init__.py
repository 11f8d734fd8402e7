from . import referral_commission, referral_program, referral_rule, res_partner
