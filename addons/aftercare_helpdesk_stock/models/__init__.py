from . import helpdesk_ticket, helpdesk_ticket_team, stock_move, stock_picking
