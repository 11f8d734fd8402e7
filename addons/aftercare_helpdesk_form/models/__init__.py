from . import (
    helpdesk_ticket,
    helpdesk_ticket_property_option,
    helpdesk_ticket_property_rule,
    helpdesk_ticket_team,
    helpdesk_ticket_team_lists,
    ir_actions_act_window,
    ir_embedded_actions,
    res_users,
    res_users_settings,
)
