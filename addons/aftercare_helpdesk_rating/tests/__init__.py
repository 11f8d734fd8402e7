from . import test_page, test_reminder, test_report
