from . import controllers, models, wizard


def _create_rules_of_known_fields(env):
    """Fields that teams had before get their rules: shown always, to agents only."""
    env['helpdesk.ticket.team'].with_context(active_test=False).search([])._update_property_rules()
