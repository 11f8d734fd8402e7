from odoo.addons.aftercare_license.controllers.portal import LicensePortal


class LicenseWalletPortal(LicensePortal):
    def _license_get_page_values(self, license_sudo, **kwargs):
        """Override of `aftercare_license`: where the money of the renewal comes from."""
        values = super()._license_get_page_values(license_sudo, **kwargs)
        funds = values['can_auto_renew'] and license_sudo._get_renewal_funds()
        return values | {'renewal_funds': funds}
