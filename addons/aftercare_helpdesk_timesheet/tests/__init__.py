from . import test_timer, test_timesheet
