from . import controllers, models, wizard


def _open_registration(env):
    """Let visitors register, which is what members do; the settings close it again."""
    env['ir.config_parameter'].set_param('auth_signup.invitation_scope', 'b2c')
    if 'website' in env:  # with websites, each says for itself
        env['website'].search([]).write({'auth_signup_uninvited': 'b2c'})
