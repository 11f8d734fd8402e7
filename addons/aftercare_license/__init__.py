from . import controllers, models, tools, wizard


def _create_secret(env):
    """Make the secret that the digests of the keys are built with."""
    env['software.license']._get_digest_secret()
