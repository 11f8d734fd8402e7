from odoo import api, models


class MailRenderMixin(models.AbstractModel):
    _inherit = 'mail.render.mixin'

    @api.model
    def _render_eval_context(self):
        """Override of `mail` to offer templates ``recipient``, the person who reads it, and
        ``extra``, the values of the event."""
        partner_id = self.env.context.get('notification_recipient_id')
        return super()._render_eval_context() | {
            'recipient': (
                self.env['res.partner'].browse(partner_id)
                if partner_id
                else self.env.user.partner_id
            ),
            'extra': self.env.context.get('notification_extra') or {},
        }
