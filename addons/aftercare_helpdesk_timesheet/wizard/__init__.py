from . import helpdesk_timer_stop
