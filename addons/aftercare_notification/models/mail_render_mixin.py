from odoo import api, models


class MailRenderMixin(models.AbstractModel):
    _inherit = 'mail.render.mixin'

    @api.model
    def _render_eval_context(self):
        """Override of `mail` to offer templates ``recipient``, the person who reads it, and
        ``extra``, the values of the event, and to show times in the recipient's zone."""
        values = super()._render_eval_context()
        partner_id = self.env.context.get('notification_recipient_id')
        values['extra'] = self.env.context.get('notification_extra') or {}
        values['recipient'] = self.env['res.partner'].browse(
            partner_id or self.env.user.partner_id.id
        )
        if partner_id:
            for name in ('format_datetime', 'format_time'):
                values[name] = self._use_recipient_tz(values[name])
        return values

    def _use_recipient_tz(self, function):
        """Make the recipient's time zone the default of a formatting function."""

        def format_in_zone(value, tz=False, *args, **kwargs):
            return function(value, tz or self.env.context.get('tz'), *args, **kwargs)

        return format_in_zone
