from . import (
    helpdesk_ticket,
    helpdesk_ticket_head,
    helpdesk_ticket_record,
    res_partner,
    res_users,
)
