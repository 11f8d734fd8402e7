from . import sql, table_file
