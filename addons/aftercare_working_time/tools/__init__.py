from . import holiday_list
from . import work_timeline
