from odoo import models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    # === BUSINESS METHODS === #
    def _get_license_domain_problem(self):
        """Return why the line can not be paid yet, in the buyer's words, or None."""
        self.ensure_one()
        if not self.takes_license_domain:
            return None
        # sudo: software.license.policy - buyers need not read policies
        line_sudo = self.sudo()
        if not (self.license_domain or '').strip():
            if line_sudo.product_id.license_policy_id._needs_domain():
                return self.env._(
                    "%(product)s: please enter the domain it is for.",
                    product=self.product_id.with_context(display_default_code=False).display_name,
                )
            return None
        try:
            line_sudo._check_license_domains_free(line_sudo._parse_license_domains())
        except UserError as error:
            return str(error)
        return None
