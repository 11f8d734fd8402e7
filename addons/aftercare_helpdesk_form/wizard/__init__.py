from . import helpdesk_team_fields
