from . import controllers, models, tools, wizard
from .hooks import _remove_wallet, _setup_wallet
