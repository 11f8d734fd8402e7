from odoo import fields, models


class HelpdeskReturnLine(models.TransientModel):
    """How much of a delivered product comes back."""

    _name = 'helpdesk.return.line'
    _description = "Product to Return"

    return_id = fields.Many2one(
        comodel_name='helpdesk.return', required=True, ondelete='cascade', index=True
    )
    move_id = fields.Many2one(comodel_name='stock.move', required=True, ondelete='cascade')
    # Copied from the move, which agents may not read. Only the quantity counts in the end.
    name = fields.Char(string="Product", readonly=True)
    delivered = fields.Char(readonly=True)
    returnable = fields.Float(string="Returnable", digits='Product Unit', readonly=True)
    quantity = fields.Float(string="To Return", digits='Product Unit')
