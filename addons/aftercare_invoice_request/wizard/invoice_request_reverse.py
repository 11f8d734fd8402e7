from odoo import api, fields, models


class InvoiceRequestReverse(models.TransientModel):
    """Notes the red-letter invoice that takes back an issued one."""

    _name = 'invoice.request.reverse'
    _description = 'Red-Letter Invoice'

    request_id = fields.Many2one('invoice.request', required=True, readonly=True)
    is_paper = fields.Boolean(related='request_id.is_paper')
    is_fapiao = fields.Boolean(related='request_id.is_fapiao')
    currency_id = fields.Many2one(related='request_id.currency_id')
    invoice_number = fields.Char(related='request_id.invoice_number')
    amount_due_back = fields.Monetary(related='request_id.amount_due_back')
    scope = fields.Selection(
        [('refunded', "What was refunded"), ('whole', "The whole invoice")],
        required=True,
        compute='_compute_scope',
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(compute='_compute_amount')
    number = fields.Char(string="Red-Letter Number", required=True)
    code = fields.Char(string="Red-Letter Code")
    date = fields.Date(default=fields.Date.context_today, required=True)
    reason = fields.Char(required=True)
    attachment_ids = fields.Many2many('ir.attachment', string="Files")

    # === COMPUTE METHODS === #
    @api.depends('request_id')
    def _compute_scope(self):
        for wizard in self:
            wizard.scope = 'refunded' if wizard.request_id.needs_reversal else 'whole'

    @api.depends('scope', 'request_id')
    def _compute_amount(self):
        for wizard in self:
            request = wizard.request_id
            wizard.amount = (
                request.amount_due_back
                if wizard.scope == 'refunded'
                else request.amount - request.amount_reversed
            )

    # === ACTION METHODS === #
    def action_reverse(self):
        """Note the red-letter invoice; its money can be requested again, unless refunded."""
        self.ensure_one()
        self.request_id.check_access('write')
        self.request_id._check_manager()
        self.env['invoice.request.issue']._check_files(self.attachment_ids)
        # sudo: invoice.request - states and amounts are written by methods only
        self.request_id.sudo()._reverse(
            {
                'number': self.number,
                'code': self.code,
                'date': self.date,
                'reason': self.reason,
                'attachments': self.attachment_ids.ids,
            },
            is_whole=self.scope == 'whole',
        )
        return {'type': 'ir.actions.act_window_close'}
