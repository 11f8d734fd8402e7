from . import member_external_ref
from . import res_partner
