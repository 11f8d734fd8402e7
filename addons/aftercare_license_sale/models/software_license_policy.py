from odoo import models


class SoftwareLicensePolicy(models.Model):
    _inherit = 'software.license.policy'

    # === BUSINESS METHODS === #
    def _issues_license(self):
        """Tell whether what is sold on these terms is a licence, rather than work for staff."""
        self.ensure_one()
        return self.license_type != 'service'

    def _takes_domain(self):
        """Tell whether buyers may name a domain."""
        self.ensure_one()
        return self._issues_license() and self.max_domains > 0

    def _needs_domain(self):
        """Tell whether nobody can buy online without naming a domain."""
        self.ensure_one()
        return (
            self._takes_domain()
            and not self.allow_first_activation
            and self.license_type != 'open_source'
        )
