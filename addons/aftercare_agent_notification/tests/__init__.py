from . import test_notification_log
