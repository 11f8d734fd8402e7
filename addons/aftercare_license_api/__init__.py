from . import controllers, models, tools, wizard


def _create_keys(env):
    """Make the first pair of signing keys."""
    env['license.signing.key']._ensure_keys()
