from . import controllers
from . import models
from . import tools
from . import wizard
from .hooks import _remove_wallet, _setup_wallet
