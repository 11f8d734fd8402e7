import re

from odoo import api, fields, models
from odoo.exceptions import UserError

FILE_TYPES = ('.pdf', '.ofd', '.xml', '.png', '.jpg', '.jpeg')


class InvoiceRequestIssue(models.TransientModel):
    """Attaches the invoice that staff has made elsewhere, and issues it in the same step."""

    _name = 'invoice.request.issue'
    _description = 'Attach and Issue'

    request_id = fields.Many2one('invoice.request', required=True, readonly=True)
    is_paper = fields.Boolean(related='request_id.is_paper')
    is_fapiao = fields.Boolean(related='request_id.is_fapiao')
    currency_id = fields.Many2one(related='request_id.currency_id')
    amount = fields.Monetary(related='request_id.amount')
    title_name = fields.Char(related='request_id.title_name')
    tax_no = fields.Char(related='request_id.tax_no')
    kind = fields.Selection(related='request_id.kind')
    attachment_ids = fields.Many2many('ir.attachment', string="Files")
    number = fields.Char(
        string="Invoice Number", compute='_compute_number', store=True, readonly=False
    )
    code = fields.Char(string="Invoice Code")
    date = fields.Date(string="Invoice Date", default=fields.Date.context_today, required=True)
    courier = fields.Char()
    tracking_number = fields.Char()

    # === COMPUTE METHODS === #
    @api.depends('attachment_ids')
    def _compute_number(self):
        """Find the number in the names of the files, where the tax platform puts it."""
        for wizard in self:
            if wizard.number or not wizard.is_fapiao or wizard.is_paper:
                continue
            names = " ".join(wizard.attachment_ids.mapped('name'))
            found = re.search(r'(?<!\d)\d{20}(?!\d)', names)
            wizard.number = found and found.group()

    # === ACTION METHODS === #
    def action_issue(self):
        """Issue the invoice; a paper one goes to the courier at the same time, if one is given."""
        self.ensure_one()
        self.request_id.check_access('write')
        self._check_files(self.attachment_ids)
        # sudo: invoice.request - states are written by methods only
        self.request_id.sudo()._issue(
            {
                'number': self.number,
                'code': self.code,
                'date': self.date,
                'attachments': self.attachment_ids.ids,
                'courier': self.courier,
                'tracking_number': self.tracking_number,
            }
        )
        return {'type': 'ir.actions.act_window_close'}

    @api.model
    def _check_files(self, attachments):
        """Refuse files that are no invoices, and files of other records.

        :raises UserError: names the file
        """
        attachments.check_access('write')
        for attachment in attachments:
            if not attachment.name.lower().endswith(FILE_TYPES):
                raise UserError(
                    self.env._(
                        "%(file)s: please attach invoices as PDF, OFD or XML, or as a picture.",
                        file=attachment.name,
                    )
                )
