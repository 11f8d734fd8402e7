from . import board
from . import scoring
from . import shift
