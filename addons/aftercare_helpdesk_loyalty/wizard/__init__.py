from . import helpdesk_coupon
