from . import (
    helpdesk_ticket,
    helpdesk_ticket_category,
    helpdesk_ticket_stage,
    helpdesk_ticket_team,
    helpdesk_ticket_type,
)
