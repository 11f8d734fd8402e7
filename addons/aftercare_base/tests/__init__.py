from . import test_aftercare_base, test_sql, test_table_file
