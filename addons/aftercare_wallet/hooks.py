from odoo.addons.payment import reset_payment_provider, setup_provider


def _setup_wallet(env):
    """Give every company its provider."""
    setup_provider(env, 'wallet')


def _remove_wallet(env):
    reset_payment_provider(env, 'wallet')
    env.cr.execute('DROP FUNCTION IF EXISTS wallet_entry_refuse CASCADE')
