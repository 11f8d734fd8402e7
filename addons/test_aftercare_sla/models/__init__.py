from . import test_sla_record
