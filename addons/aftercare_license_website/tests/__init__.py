from . import test_license_shop
