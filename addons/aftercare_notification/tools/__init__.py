from .placeholders import get_inline_code, get_qweb_code, is_harmless
from .quiet_hours import get_quiet_end
from .sms_api import SmsApiLog
