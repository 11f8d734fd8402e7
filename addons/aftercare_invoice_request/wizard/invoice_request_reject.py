from odoo import api, fields, models


class InvoiceRequestReject(models.TransientModel):
    """Asks why requests are refused; the members read it."""

    _name = 'invoice.request.reject'
    _description = 'Refuse Invoice Requests'

    request_ids = fields.Many2many('invoice.request', string="Requests", required=True)
    request_count = fields.Integer(compute='_compute_request_count')
    reason = fields.Char(required=True)

    # === COMPUTE METHODS === #
    @api.depends('request_ids')
    def _compute_request_count(self):
        for wizard in self:
            wizard.request_count = len(wizard.request_ids)

    # === ACTION METHODS === #
    def action_reject(self):
        """Refuse all the requests, or none."""
        self.ensure_one()
        self.request_ids.check_access('write')
        # sudo: invoice.request - states are written by methods only
        self.request_ids.sudo()._reject(self.reason)
        return {'type': 'ir.actions.act_window_close'}
