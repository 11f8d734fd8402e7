from . import ip_location
from . import res_partner
from . import service_region
