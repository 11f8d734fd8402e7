from odoo import models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    # === BUSINESS METHODS: CART === #
    def _cart_find_product_line(self, *args, license_domain=None, license_id=None, **kwargs):
        """Override of `website_sale`: another domain, or another licence to renew, is another
        line."""
        lines = super()._cart_find_product_line(*args, **kwargs)
        domain = (license_domain or '').strip()
        return lines.filtered(
            lambda line: (
                line.license_id.id == (license_id or False)
                and (not domain or (line.license_domain or '').strip() == domain)
            )
        )

    def _prepare_order_line_values(
        self, product_id, *args, license_domain=None, license_id=None, **kwargs
    ):
        """Override of `website_sale` to keep the domain, or the licence to renew, on the line."""
        values = super()._prepare_order_line_values(product_id, *args, **kwargs)
        # sudo: software.license.policy - buyers need not read policies
        product_sudo = self.env['product.product'].browse(values['product_id']).sudo()
        if license_id:
            values['license_id'] = license_id
        elif license_domain and product_sudo.license_policy_id:
            values['license_domain'] = license_domain.strip()
        return values

    def _check_cart_is_ready_to_be_paid(self):
        """Override of `website_sale` to refuse licences without the domain they need."""
        if problems := self._get_license_domain_problems():
            raise ValidationError('\n'.join(problems))
        return super()._check_cart_is_ready_to_be_paid()

    def _get_license_domain_problems(self):
        """Return why the cart can not be paid yet: list of texts, each names its product."""
        self.ensure_one()
        problems = [line._get_license_domain_problem() for line in self.order_line]
        return [problem for problem in problems if problem]
