from . import helpdesk_return, helpdesk_return_line
