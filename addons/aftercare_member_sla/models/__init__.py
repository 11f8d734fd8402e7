from . import sla_mixin, sla_policy
