from . import (
    helpdesk_desk,
    helpdesk_ticket,
    helpdesk_ticket_stage,
    res_users,
    sla_policy,
    sla_status,
)
