from . import dates, holiday_list, work_timeline
