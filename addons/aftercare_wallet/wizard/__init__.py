from . import base_partner_merge
from . import wallet_account_freeze
from . import wallet_refund
from . import wallet_withdrawal_operation
