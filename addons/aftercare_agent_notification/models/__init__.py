from . import notification_log
