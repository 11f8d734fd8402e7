from . import (
    account_analytic_line,
    helpdesk_ticket,
    helpdesk_ticket_team,
    sale_order,
    sale_order_line,
)
