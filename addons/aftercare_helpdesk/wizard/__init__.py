from . import helpdesk_team_dry_run
