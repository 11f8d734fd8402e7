from . import (
    helpdesk_complaint_cause,
    helpdesk_suggestion_vote,
    helpdesk_ticket,
    helpdesk_ticket_complaint,
    helpdesk_ticket_complaint_answer,
    helpdesk_ticket_concerned,
    helpdesk_ticket_notification,
    helpdesk_ticket_suggestion,
    helpdesk_ticket_team,
    helpdesk_ticket_type,
    res_users,
)
