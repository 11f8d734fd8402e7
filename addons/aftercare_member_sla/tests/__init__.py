from . import test_sla_level
