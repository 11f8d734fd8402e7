from . import test_own_customers
