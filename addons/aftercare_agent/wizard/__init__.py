from . import service_agent_handover
from . import service_assignment_try
