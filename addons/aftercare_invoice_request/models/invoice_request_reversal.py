from odoo import fields, models


class InvoiceRequestReversal(models.Model):
    """A red-letter invoice, which takes back an issued one wholly or in part."""

    _name = 'invoice.request.reversal'
    _description = 'Red-Letter Invoice'
    _order = 'date desc, id desc'
    _rec_name = 'number'

    request_id = fields.Many2one(
        'invoice.request', required=True, readonly=True, index=True, ondelete='restrict'
    )
    company_id = fields.Many2one(related='request_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='request_id.currency_id')
    number = fields.Char(required=True, readonly=True)
    code = fields.Char(readonly=True)
    date = fields.Date(required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        'res.users',
        string="Issued By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    attachment_ids = fields.Many2many('ir.attachment', string="Documents", readonly=True)

    _amount_positive = models.Constraint(
        'CHECK(amount > 0)', "A red-letter invoice takes back more than nothing."
    )
