from . import amounts, errors, money
