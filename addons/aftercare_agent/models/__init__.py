from . import service_skill
from . import service_agent
from . import service_agent_presence_log
from . import service_assignment
from . import service_assignment_candidate
from . import res_partner
from . import res_users
