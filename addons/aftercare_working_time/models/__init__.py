from . import resource_calendar_attendance
from . import resource_calendar_exception
from . import resource_calendar_leaves
from . import resource_calendar
from . import resource_calendar_holiday
