from odoo.addons.payment import reset_payment_provider, setup_provider

from . import const, controllers, models, tools


def post_init_hook(env):
    setup_provider(env, 'alipay')


def uninstall_hook(env):
    reset_payment_provider(env, 'alipay')
