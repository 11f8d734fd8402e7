from . import helpdesk_refund
