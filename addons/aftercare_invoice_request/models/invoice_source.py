from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

DOCUMENT_LIMIT = 200


class InvoiceSource(models.Model):
    """A paid document, and how much of its money is on invoices already."""

    _name = 'invoice.source'
    _description = 'Paid Document'
    _order = 'date desc, id desc'
    _rec_names_search = ['name']

    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field='res_model', required=True, readonly=True
    )
    name = fields.Char(string="Number", required=True, readonly=True)
    date = fields.Date(readonly=True)
    partner_id = fields.Many2one(
        'res.partner',
        string="Member",
        required=True,
        readonly=True,
        index=True,
        ondelete='restrict',
        help="The commercial entity that paid.",
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    amount_paid = fields.Monetary(
        string="Paid",
        required=True,
        default=0,
        readonly=True,
        help="Real money paid and not given back. Bonus money is not in it.",
    )
    amount_requested = fields.Monetary(
        string="Requested",
        required=True,
        default=0,
        readonly=True,
        help="On invoices, or on the way to be.",
    )
    amount_left = fields.Monetary(string="Left to Invoice", compute='_compute_amount_left')
    line_ids = fields.One2many('invoice.request.line', 'source_id', string="Requests")

    _document_uniq = models.Constraint(
        'UNIQUE(res_model, res_id)', "A document is a source of invoices only once."
    )
    _requested_positive = models.Constraint(
        'CHECK(amount_requested >= 0)', "The requested amount can not be negative."
    )

    # === COMPUTE METHODS === #
    @api.depends('amount_paid', 'amount_requested')
    def _compute_amount_left(self):
        for source in self:
            source.amount_left = max(source.amount_paid - source.amount_requested, 0)

    # === ACTION METHODS === #
    def action_open_document(self):
        """Open the document itself."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': self.res_model,
            'res_id': self.res_id,
            'view_mode': 'form',
        }

    # === BUSINESS METHODS: WHAT THERE IS === #
    @api.model
    def _get_source_models(self):
        """Return the names of the models (of `invoice.source.mixin`) whose documents count."""
        return ['account.move']

    @api.model
    def _find_documents(self, partner, company):
        """Return what an invoice can be asked for, latest first. Writes nothing.

        :param partner: anybody of the commercial entity that paid
        :return: list of dicts: what `_prepare_invoice_sources` says, and ``document``,
            ``amount_left``, ``request`` (an open request about it, which comes first)
        """
        partner = partner.commercial_partner_id
        found = []
        for model in self._get_source_models():
            # sudo: documents - the member's own, by the domain; shows names and amounts
            documents = (
                self.env[model]
                .sudo()
                .with_company(company)
                .search(
                    Domain(self.env[model]._get_invoice_source_domain(partner, company))
                    & self._get_open_domain(model),
                    order='id desc',
                    limit=DOCUMENT_LIMIT,
                )
            )
            found += self._describe_documents(documents)
        found.sort(key=lambda document: (document['date'], document['document'].id), reverse=True)
        return found

    @api.model
    def _get_open_domain(self, model):
        """Return the domain of the documents of a model that are not wholly requested."""
        self.flush_model(['amount_paid', 'amount_requested'])
        return Domain.custom(
            to_sql=lambda _model, alias, _query: SQL(
                """NOT EXISTS (
                    SELECT 1 FROM invoice_source source
                    WHERE source.res_model = %s AND source.res_id = %s
                    AND source.amount_requested >= source.amount_paid
                    AND source.amount_requested > 0
                )""",
                model,
                SQL.identifier(alias, 'id'),
            )
        )

    @api.model
    def _describe_documents(self, documents):
        """Return those of some documents (of one model) of which something is left to invoice."""
        sources = self._get_for(documents)
        # sudo: invoice.request.line - only tells the number of the member's own request
        lines = (
            self.env['invoice.request.line']
            .sudo()
            .search(
                [
                    ('source_id', 'in', [source.id for source in sources.values()]),
                    ('state', 'in', ('submitted', 'approved')),
                ]
            )
        )
        open_requests = {line.source_id.res_id: line.request_id for line in lines}
        found = []
        prepared = documents._prepare_invoice_sources()
        for document in documents:
            values = prepared.get(document.id)
            if not values:
                continue
            left = values['amount_paid'] - sources.get(document.id, self).amount_requested
            currency = self.env['res.currency'].browse(values['currency_id'])
            if currency.compare_amounts(left, 0) > 0:
                found.append(
                    values
                    | {
                        'document': document,
                        'amount_left': currency.round(left),
                        'request': open_requests.get(document.id, self.env['invoice.request']),
                    }
                )
        return found

    @api.model
    def _get_for(self, documents):
        """Return dict of document id → source, sudoed, as far as there are any."""
        # sudo: invoice.source - the book of what is invoiced is kept by methods only
        sources_sudo = self.sudo().search(
            [('res_model', '=', documents._name), ('res_id', 'in', documents.ids)]
        )
        return {source.res_id: source for source in sources_sudo}

    # === BUSINESS METHODS: THE BOOK === #
    @api.model
    def _open_for(self, documents):
        """Return the sources of documents (of one model), made or brought up to date.

        Two transactions that make the same row at once collide, and one is tried again.

        :return: ``invoice.source``, sudoed, in the order of the documents
        """
        sources = self._get_for(documents)
        new = documents.filtered(lambda document: document.id not in sources)
        if new:
            prepared = new._prepare_invoice_sources()
            # sudo: invoice.source - the book of what is invoiced is kept by methods only
            created = self.sudo().create(
                [
                    {'res_model': new._name, 'res_id': document.id, **prepared[document.id]}
                    for document in new
                    if document.id in prepared
                ]
            )
            sources |= {source.res_id: source for source in created}
        # sudo: invoice.source - see above
        self.sudo().browse(
            [source.id for source in sources.values() if source.res_id not in new.ids]
        )._refresh()
        # sudo: invoice.source - see above
        return self.sudo().browse(
            [sources[document.id].id for document in documents if document.id in sources]
        )

    @api.model
    def _refresh_documents(self, documents):
        """Bring the sources of documents up to date; documents nobody asked about have none."""
        sources = self._get_for(documents)
        # sudo: invoice.source - whoever books a payment or a refund need not see requests
        self.sudo().browse([source.id for source in sources.values()])._refresh()

    def _refresh(self):
        """Note what is paid of each document now; less than was requested has consequences."""
        for model, sources in self.grouped('res_model').items():
            documents = self.env[model].browse(sources.mapped('res_id')).exists()
            prepared = documents._prepare_invoice_sources() if documents else {}
            for source in sources.sorted('id'):
                paid = prepared.get(source.res_id, {}).get('amount_paid', 0.0)
                if source.currency_id.compare_amounts(paid, source.amount_paid):
                    source.amount_paid = paid
        self.line_ids._settle_refunds()

    def _reserve(self, amount):
        """Take an amount for a request, if it is left.

        One statement checks and takes: of two transactions that want the same money, the
        second finds the row changed and is tried again.

        :raises UserError: when there is not that much left
        """
        self.ensure_one()
        self.flush_recordset(['amount_paid', 'amount_requested'])
        amount = self._to_decimal(amount)
        rows = self.env.execute_query(
            SQL(
                """UPDATE invoice_source SET amount_requested = amount_requested + %(amount)s
                WHERE id = %(id)s AND amount_requested + %(amount)s <= amount_paid
                RETURNING id""",
                amount=amount,
                id=self.id,
            )
        )
        self._forget_requested()
        if not rows:
            raise UserError(
                self.env._(
                    "Of %(document)s only %(amount)s is left to invoice.",
                    document=self.name,
                    amount=self.currency_id.format(self.amount_left),
                )
            )

    def _release(self, amount):
        """Give back an amount that a request had taken."""
        self.ensure_one()
        self.flush_recordset(['amount_requested'])
        self.env.execute_query(
            SQL(
                """UPDATE invoice_source SET amount_requested = amount_requested - %s
                WHERE id = %s RETURNING id""",
                self._to_decimal(amount),
                self.id,
            )
        )
        self._forget_requested()

    def _forget_requested(self):
        """Read again what was written by SQL."""
        self.invalidate_recordset(['amount_requested'])
        self.modified(['amount_requested'])

    def _to_decimal(self, amount):
        """Return an amount as an exact number of the currency's digits."""
        digits = self.currency_id.decimal_places
        return Decimal(repr(self.currency_id.round(amount))).quantize(Decimal(1).scaleb(-digits))
