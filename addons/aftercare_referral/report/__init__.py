from . import referral_kpi
