from . import amounts
from . import errors
from . import money
