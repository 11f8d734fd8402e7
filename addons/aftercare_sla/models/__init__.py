from . import sla_policy
from . import sla_status
from . import sla_status_event
from . import sla_mixin
