from odoo.addons.aftercare_license.controllers.portal import LicensePortal


class LicenseWalletPortal(LicensePortal):
    def _license_get_page_values(self, license_sudo, **kwargs):
        """Override of `aftercare_license`: where the money of the renewal comes from."""
        values = super()._license_get_page_values(license_sudo, **kwargs)
        # Whoever has switched it on can switch it off, whatever has changed meanwhile.
        is_shown = values['can_auto_renew'] or license_sudo.auto_renew
        return values | {
            'can_auto_renew': is_shown,
            'renewal_funds': is_shown and license_sudo._get_renewal_funds(),
        }
