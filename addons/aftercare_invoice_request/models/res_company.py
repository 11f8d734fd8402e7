from odoo import fields, models

KINDS = [
    ('electronic_normal', "Digital invoice"),
    ('electronic_special', "Digital special VAT invoice"),
    ('paper_normal', "Paper invoice"),
    ('paper_special', "Paper special VAT invoice"),
]


class ResCompany(models.Model):
    _inherit = 'res.company'

    invoice_request_days = fields.Integer(
        string="Days to Issue an Invoice",
        default=7,
        help="Requests that wait for longer are overdue.",
    )
    invoice_request_user_id = fields.Many2one(
        'res.users',
        string="Responsible for Invoice Requests",
        help="Gets the to-dos about requests that nobody has taken.",
    )
    invoice_request_provider = fields.Selection(
        selection='_get_invoice_request_providers',
        string="Invoices Are Issued By",
        default='manual',
        required=True,
    )
    invoice_kind_electronic_normal = fields.Boolean(string="Digital Invoice", default=True)
    invoice_kind_electronic_special = fields.Boolean(
        string="Digital Special VAT Invoice", default=True
    )
    invoice_kind_paper_normal = fields.Boolean(string="Paper Invoice")
    invoice_kind_paper_special = fields.Boolean(string="Paper Special VAT Invoice")

    # === BUSINESS METHODS === #
    def _get_invoice_request_providers(self):
        """Return who can issue invoices: pairs (code, label); other addons add theirs."""
        return [
            ('manual', self.env._("Staff, who attaches the document")),
            ('odoo', self.env._("Odoo: the PDF of the customer invoice")),
        ]

    def _is_fapiao(self):
        """Return whether the invoices of this company are Chinese ones."""
        self.ensure_one()
        return (self.account_fiscal_country_id or self.country_id).code == 'CN'

    def _get_invoice_kinds(self):
        """Return the kinds that members may ask for: pairs (code, translated label)."""
        self.ensure_one()
        labels = self.env['invoice.request']._fields['kind']._description_selection(self.env)
        is_fapiao = self._is_fapiao()
        return [
            (code, label)
            for code, label in labels
            if self[f'invoice_kind_{code}'] and (is_fapiao or not code.endswith('special'))
        ]
