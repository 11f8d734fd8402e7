from . import base_partner_merge, wallet_account_freeze, wallet_refund, wallet_withdrawal_operation
