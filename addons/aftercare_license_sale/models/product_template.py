from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    renewal_price = fields.Monetary(
        tracking=True,
        copy=True,
        help="What one more term costs, before pricelists. 0: as much as the first one.",
    )
    sales_volume = fields.Integer(
        string="Sales Volume",
        readonly=True,
        copy=False,
        index=True,
        default=0,
        help="Units sold in confirmed orders, renewals not counted.",
    )

    _renewal_price_not_negative = models.Constraint(
        'CHECK(renewal_price >= 0)', "The renewal price can not be negative."
    )

    # === BUSINESS METHODS === #
    def _has_renewal_price(self):
        """Tell whether the price asked for is that of one more term."""
        self.ensure_one()
        return bool(self.env.context.get('aftercare_license_renewal') and self.renewal_price)

    def _can_renew_license(self):
        """Tell whether licences of the product can be renewed by buying the product."""
        self.ensure_one()
        return self.active and self.sale_ok and bool(self.license_policy_id)
