from . import controllers, models, tools, wizard
from .fast_lane import wrap_server


def _create_keys(env):
    """Make the first pair of signing keys."""
    env['license.signing.key']._ensure_keys()
