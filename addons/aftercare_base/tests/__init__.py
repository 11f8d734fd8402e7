from . import test_aftercare_base, test_table_file
