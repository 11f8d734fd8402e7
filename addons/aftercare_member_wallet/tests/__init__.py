from . import test_member_wallet
