from . import (
    helpdesk_macro,
    helpdesk_macro_placeholder,
    helpdesk_macro_use,
    helpdesk_ticket,
    helpdesk_ticket_template,
)
