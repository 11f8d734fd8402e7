from . import (
    test_sla_actions,
    test_sla_criteria,
    test_sla_cron,
    test_sla_life,
    test_sla_policy,
    test_sla_screen,
    test_sla_working_time,
)
