from . import table_file
