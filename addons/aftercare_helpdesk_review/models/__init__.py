from . import (
    helpdesk_desk,
    helpdesk_ticket,
    helpdesk_ticket_decision,
    helpdesk_ticket_guard,
    helpdesk_ticket_review,
    helpdesk_ticket_stage,
    helpdesk_ticket_team,
    res_users,
)
