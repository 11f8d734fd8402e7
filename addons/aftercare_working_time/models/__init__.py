from . import (
    resource_calendar,
    resource_calendar_attendance,
    resource_calendar_exception,
    resource_calendar_holiday,
    resource_calendar_leaves,
    resource_calendar_overview,
)
