"""Names under which browsers remember referrals."""

LINK_COOKIE = 'aftercare_referral'  # the code of the last link that was followed
OWN_COOKIE = 'aftercare_referral_own'  # the code of the affiliate who was logged in here
