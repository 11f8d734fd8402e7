from . import (
    test_holiday_import,
    test_holiday_list,
    test_resource_calendar,
    test_resource_calendar_exception,
    test_work_timeline,
    test_year_overview,
)
