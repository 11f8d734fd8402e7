from odoo import fields, models
from odoo.exceptions import UserError

from .invoice_request_flow import ACTIVITY_OVERDUE
from .invoice_request_line import OPEN_STATES


class InvoiceRequest(models.Model):
    _inherit = 'invoice.request'

    # === BUSINESS METHODS === #
    def _issue(self, document=None):
        """Issue the invoices through the provider of each request.

        Other providers extend this: they take the requests that are theirs (``provider``),
        obtain the document and call `_set_issued`; the rest goes to ``super()``.

        :param dict document: what staff has typed and attached, see `_set_issued`
        :raises UserError: when the provider can not issue one of them; then none is issued
        """
        for request in self:
            if request.provider == 'odoo' and not document:
                request._set_issued(request._prepare_odoo_document())
            elif document:
                request._set_issued(document)
            else:
                raise UserError(self.env._("Please attach the invoice."))

    def _set_issued(self, document):
        """Note that the invoice exists. An approval that is missing is given by that.

        :param dict document: ``number``, ``code`` (paper), ``date``, ``attachments`` (ids of
            ``ir.attachment``), ``move`` (the customer invoice), ``courier``, ``tracking_number``
        :raises ValidationError: when number or code have not the form they must have
        """
        self.ensure_one()
        self._check_states(OPEN_STATES)
        attachments = self.env['ir.attachment'].browse(document.get('attachments', []))
        if not self._is_paper() and not attachments:
            raise UserError(self.env._("Please attach the file of the digital invoice."))
        number = (document.get('number') or '').strip()
        if not number:
            raise UserError(self.env._("Please enter the number of the invoice."))
        now = fields.Datetime.now()
        attachments.write({'res_model': self._name, 'res_id': self.id})
        self.write(
            {
                'state': 'issued',
                'date_approved': self.date_approved or now,
                'date_issued': now,
                'invoice_number': number,
                'invoice_code': (document.get('code') or '').strip() or False,
                'invoice_date': document.get('date') or fields.Date.context_today(self),
                'attachment_ids': [(6, 0, attachments.ids)],
                'issuer_id': self.env.uid,
                'move_id': (document.get('move') or self._get_moves()[:1]).id,
                'courier': document.get('courier') or self.courier,
                'tracking_number': document.get('tracking_number') or self.tracking_number,
            }
        )
        self.activity_unlink([ACTIVITY_OVERDUE])
        self._notify_state('invoice_request_issued')

    def _get_moves(self):
        """Return the customer invoices about what is on the request, if there are any."""
        self.ensure_one()
        moves = self.env['account.move']
        for model, sources in self.line_ids.source_id.grouped('res_model').items():
            documents = self.env[model].browse(sources.mapped('res_id')).exists()
            moves |= documents._get_invoice_source_moves()
        return moves

    def _prepare_odoo_document(self):
        """Return the PDF of the customer invoices as the document, where that is the law.

        :raises UserError: in China; and when the invoices are not about just this money
        """
        self.ensure_one()
        if self.is_fapiao:
            raise UserError(
                self.env._("A Chinese tax invoice comes from the tax platform: please attach it.")
            )
        moves = self._get_moves()
        total = sum(
            -move.amount_total if move.move_type == 'out_refund' else move.amount_total
            for move in moves
        )
        if not moves or self.currency_id.compare_amounts(total, self.amount):
            raise UserError(
                self.env._(
                    "The customer invoices of %(request)s make %(total)s, the request is about "
                    "%(amount)s. Please attach the document yourself.",
                    request=self.name,
                    total=self.currency_id.format(total),
                    amount=self.currency_id.format(self.amount),
                )
            )
        attachments = self.env['ir.attachment'].create(
            [
                {
                    'name': file['filename'],
                    'raw': file['content'],
                    'res_model': self._name,
                    'res_id': self.id,
                }
                for move in moves
                for file in [move._get_invoice_legal_documents('pdf', allow_fallback=True)]
            ]
        )
        return {
            'number': ", ".join(moves.mapped('name')),
            'date': max(move.invoice_date for move in moves),
            'attachments': attachments.ids,
            'move': moves[:1],
        }
