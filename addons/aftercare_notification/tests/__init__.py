from . import (
    test_inapp,
    test_mail,
    test_mail_at_once,
    test_matrix,
    test_notification_event,
    test_notification_log,
    test_notification_rule,
    test_portal,
    test_process_queue,
    test_quiet_hours,
    test_security,
    test_sms,
)
