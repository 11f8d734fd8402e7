from . import divisions, ip_files, ip_table
