from . import controllers, models, report, tools, wizard


def _create_programs(env):
    """Give each company a programme to begin with."""
    env['referral.program']._create_missing(env['res.company'].search([]))
