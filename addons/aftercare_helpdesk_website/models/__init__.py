from . import (
    helpdesk_ticket,
    helpdesk_ticket_attempt,
    helpdesk_ticket_team,
    ir_http,
    res_config_settings,
)
