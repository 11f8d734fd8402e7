from . import test_member_loyalty
