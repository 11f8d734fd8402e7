from . import test_aftercare_base
