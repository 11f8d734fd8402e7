from odoo import models


class InvoiceSourceMixin(models.AbstractModel):
    """Makes the documents of a model something that an invoice can be asked for."""

    _name = 'invoice.source.mixin'
    _description = 'Paid Document Mixin'

    # === BUSINESS METHODS === #
    def _get_invoice_source_domain(self, partner, company):
        """Return the domain of the documents of a commercial entity that may have been paid."""
        raise NotImplementedError

    def _prepare_invoice_sources(self):
        """Return what there is to invoice, the same number of queries for one and for many.

        :return: dict of id → dict with ``name``, ``date``, ``partner_id`` (commercial entity),
            ``company_id``, ``currency_id`` and ``amount_paid``: real money paid and not given
            back, never what was a gift
        """
        raise NotImplementedError

    def _get_invoice_excluded_amounts(self):
        """Return what of the money paid can never be invoiced with these documents.

        :return: dict of id → amount, e.g. of a gift that was spent, or of money invoiced elsewhere
        """
        return {}

    def _get_invoice_source_moves(self):
        """Return the posted customer invoices about these documents."""
        return self.env['account.move']

    def _refresh_invoice_sources(self):
        """Take note that more or less of these documents is paid than before."""
        if self:
            self.env['invoice.source']._refresh_documents(self)
