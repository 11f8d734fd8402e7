from . import res_company
from . import wallet_account
from . import wallet_bonus_lot
from . import wallet_entry
from . import wallet_reservation
from . import payment_provider
from . import payment_transaction
