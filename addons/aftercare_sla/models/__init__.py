from . import resource_calendar, sla_mixin, sla_policy, sla_status, sla_status_event
