from . import (
    ir_http,
    res_company,
    res_config_settings,
    res_partner,
    res_users,
    service_agent,
    service_agent_presence_log,
    service_assignment,
    service_assignment_candidate,
    service_assignment_engine,
    service_region,
    service_skill,
)
