from . import test_bonus, test_portal, test_refund, test_two_parts
