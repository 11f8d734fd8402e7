from .quiet_hours import get_quiet_end
from .sms_api import SmsApiLog
