"""How often products were sold: a stored counter that is never counted while somebody looks.

The rows of popular products are written after the commit, by a transaction of their own that
lasts a moment: payments never wait for, or fail because of, each other. The nightly count mends
what a crash in that moment may have lost.
"""

from collections import Counter

from odoo import api, models
from odoo.tools import SQL

POSTCOMMIT_KEY = 'aftercare_license_sale.sales_volume'


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    def _action_confirm(self):
        """Override of `sale` to count what is sold."""
        res = super()._action_confirm()
        self.order_line._count_sales(1)
        return res

    def _action_cancel(self):
        """Override of `sale` to count what is not sold after all."""
        lines = self.filtered(lambda order: order.state == 'sale').order_line
        lines._count_sales(-1)
        return super()._action_cancel()


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `sale` to count lines that are added to confirmed orders."""
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == 'sale')._count_sales(1)
        return lines

    def write(self, vals):
        """Override of `sale` to count changes of confirmed orders."""
        if not vals.keys() & {'product_uom_qty', 'product_uom_id', 'product_id'}:
            return super().write(vals)
        lines = self.filtered(lambda line: line.state == 'sale')
        lines._count_sales(-1)
        res = super().write(vals)
        lines._count_sales(1)
        return res

    def _count_sales(self, sign):
        """Note that lines were sold, or not sold after all."""
        volumes = Counter()
        for line in self:
            if line.display_type or line.is_downpayment or line.license_id or not line.product_id:
                continue
            quantity = line.product_uom_qty
            if line.product_uom_id != line.product_id.uom_id:
                quantity = line.product_uom_id._compute_quantity(
                    quantity, line.product_id.uom_id, round=False
                )
            volumes[line.product_id.product_tmpl_id.id] += sign * round(quantity)
        self.env['product.template']._add_sales_volume(volumes)


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    @api.model
    def _add_sales_volume(self, volumes):
        """Add to the counters once the present transaction is committed.

        :param dict volumes: id of template → units, may be negative
        """
        postcommit = self.env.cr.postcommit
        if POSTCOMMIT_KEY not in postcommit.data:
            pending = postcommit.data[POSTCOMMIT_KEY] = Counter()
            registry = self.env.registry

            def write_volumes():
                rows = [(id_, units) for id_, units in sorted(pending.items()) if units]
                postcommit.data.pop(POSTCOMMIT_KEY, None)
                if rows:
                    with registry.cursor() as cr:
                        self._set_counter_isolation(cr)
                        cr.execute(self._get_sales_volume_query(rows))

            postcommit.add(write_volumes)
        postcommit.data[POSTCOMMIT_KEY].update(volumes)

    @api.model
    def _set_counter_isolation(self, cr):
        """Let additions to the same counter follow each other rather than fail."""
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")

    @api.model
    def _get_sales_volume_query(self, rows):
        values = SQL(', ').join(SQL("(%s, %s)", id_, units) for id_, units in rows)
        return SQL(
            """
            UPDATE product_template AS template
               SET sales_volume = COALESCE(template.sales_volume, 0) + delta.units
              FROM (VALUES %s) AS delta (id, units)
             WHERE template.id = delta.id
            """,
            values,
        )

    @api.model
    def _cron_recount_sales_volume(self):
        """Count all orders anew; writes only the counters that are wrong."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH counted AS (
                    SELECT product.product_tmpl_id AS id,
                           SUM(ROUND(line.product_uom_qty * uom.factor / product_uom.factor)) AS units
                      FROM sale_order_line AS line
                      JOIN product_product AS product ON product.id = line.product_id
                      JOIN product_template AS template ON template.id = product.product_tmpl_id
                      JOIN uom_uom AS uom ON uom.id = line.product_uom_id
                      JOIN uom_uom AS product_uom ON product_uom.id = template.uom_id
                     WHERE line.state = 'sale'
                       AND line.display_type IS NULL
                       AND line.is_downpayment IS NOT TRUE
                       AND line.license_id IS NULL
                  GROUP BY product.product_tmpl_id
                )
                UPDATE product_template AS template
                   SET sales_volume = COALESCE(counted.units, 0)
                  FROM product_template AS every
             LEFT JOIN counted ON counted.id = every.id
                 WHERE every.id = template.id
                   AND COALESCE(template.sales_volume, 0) != COALESCE(counted.units, 0)
                """
            )
        )
        self.env.invalidate_all()
