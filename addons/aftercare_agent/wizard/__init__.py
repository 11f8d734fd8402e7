from . import service_agent_handover, service_assignment_try
