from . import test_return, test_tour
