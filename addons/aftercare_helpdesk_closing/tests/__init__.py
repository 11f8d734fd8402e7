from . import test_autoclose, test_closing_link, test_customer
