from odoo import fields, models


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'notification.mixin']

    notification_log_ids = fields.One2many('notification.log', 'partner_id')
    notification_optout_ids = fields.One2many('notification.optout', 'partner_id')

    # === BUSINESS METHODS === #
    def _notification_get_recipients(self, audience):
        """A contact is its own customer."""
        if audience == 'customer':
            return {partner.id: partner for partner in self}
        return super()._notification_get_recipients(audience)

    def _notification_get_user(self):
        """Return the person's internal user, or an empty recordset."""
        return self.user_ids.filtered(lambda user: user.active and not user.share)[:1]

    def _notification_get_working_calendar(self, company):
        """Return the working time of a person: one's own, else that of the company."""
        self.ensure_one()
        user = self._notification_get_user()
        return user.resource_calendar_id or company.resource_calendar_id
