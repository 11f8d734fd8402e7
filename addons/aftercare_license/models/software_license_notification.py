from odoo import models


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === BUSINESS METHODS: NOTIFICATION === #
    def _notification_get_recipients(self, audience):
        """Override: managers are the licence managers of the company."""
        if audience != 'manager':
            return super()._notification_get_recipients(audience)
        # sudo: res.users - whoever made it happen need not know the managers
        managers_sudo = (
            self.env.ref('aftercare_license.aftercare_license_group_manager')
            .sudo()
            .all_user_ids.filtered('active')
        )
        return {
            license.id: managers_sudo.filtered(
                lambda user, company=license.company_id: company in user.company_ids
            ).partner_id
            for license in self
        }

    def _notification_filter_relevant(self, code):
        """Override: who has renewed meanwhile needs no reminder any more."""
        if code in ('license_reminder', 'license_renewal_failed'):
            return self.filtered(lambda license: license.state in ('active', 'grace'))
        if code == 'license_expired':
            return self.filtered(lambda license: license.state in ('grace', 'expired'))
        return self

    def _notification_get_url(self, partner, audience):
        """Override: customers log in; a link that shows the key to its bearer is not mailed."""
        if audience == 'customer':
            self.ensure_one()
            return self.access_url
        return super()._notification_get_url(partner, audience)
