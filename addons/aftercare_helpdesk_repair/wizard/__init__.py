from . import helpdesk_repair
