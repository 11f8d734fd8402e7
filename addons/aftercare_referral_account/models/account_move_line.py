from odoo import models


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    # === BUSINESS METHODS === #

    def _is_referral_line(self):
        """Tell whether somebody may earn by a line: not by delivery or what is marked so."""
        self.ensure_one()
        if self.product_id.no_commission:
            return False
        sale_lines = self.sale_line_ids if 'sale_line_ids' in self._fields else False
        return not (
            sale_lines
            and 'is_delivery' in sale_lines._fields
            and any(sale_lines.mapped('is_delivery'))
        )

    def _get_referral_quantity(self):
        """Return the quantity in the unit of the product, for amounts by unit."""
        self.ensure_one()
        unit, own = self.product_uom_id, self.product_id.uom_id
        if unit and own and unit != own:
            return unit._compute_quantity(self.quantity, own, round=False)
        return self.quantity

    def _get_referral_values(self):
        """Return what else is known of a line: ``kind`` and ``subject`` of a renewal."""
        self.ensure_one()
        return {}

    def _find_referral_origin(self, lines):
        """Return which line of the invoice a line of its credit note gives back; or nothing.

        :param lines: the lines that count
        """
        self.ensure_one()
        same = [line for line in lines if line.product_id == self.product_id]
        if 'sale_line_ids' in self._fields and self.sale_line_ids:
            found = [line for line in same if line.sale_line_ids & self.sale_line_ids]
            if found:
                return found[0]
        named = [line for line in same if line.name == self.name]
        priced = [line for line in same if line.price_unit == self.price_unit]
        for candidates in (named, priced, same):
            if candidates and self.product_id:
                return candidates[0]
        return None
