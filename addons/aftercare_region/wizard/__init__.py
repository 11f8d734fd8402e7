from . import service_region_finder
