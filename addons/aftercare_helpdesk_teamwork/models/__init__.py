from . import (
    helpdesk_ticket,
    helpdesk_ticket_assistance,
    helpdesk_ticket_handover,
    helpdesk_ticket_help,
    helpdesk_ticket_reply,
    helpdesk_ticket_team,
    helpdesk_ticket_viewer,
    ir_websocket,
    mail_activity,
    res_users,
)
