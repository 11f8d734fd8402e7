from . import (
    helpdesk_ticket,
    helpdesk_ticket_link,
    helpdesk_ticket_merge,
    helpdesk_ticket_merging,
)
