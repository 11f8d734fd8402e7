from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import tax_number

TITLE_TYPES = [
    ('company', "Company"),
    ('person', "Person"),
    ('institution', "Public institution"),
]


class InvoiceTitle(models.Model):
    """In whose name, with which tax number, a member wants invoices to be."""

    _name = 'invoice.title'
    _description = 'Invoice Title'
    _order = 'is_default desc, name, id'
    _rec_names_search = ['name', 'tax_no']

    partner_id = fields.Many2one(
        'res.partner',
        string="Member",
        required=True,
        index=True,
        ondelete='cascade',
    )
    commercial_partner_id = fields.Many2one(
        related='partner_id.commercial_partner_id', store=True, index=True
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, index=True
    )
    is_fapiao = fields.Boolean(compute='_compute_is_fapiao')
    active = fields.Boolean(default=True)
    is_default = fields.Boolean(
        string="Default", copy=False, help="The title that new requests propose."
    )
    title_type = fields.Selection(TITLE_TYPES, string="Type", required=True, default='company')
    name = fields.Char(string="Title", required=True)
    tax_no = fields.Char(string="Tax Number")
    country_id = fields.Many2one(
        'res.country',
        default=lambda self: (
            self.env.company.account_fiscal_country_id or self.env.company.country_id
        ),
        help="The country that has given the tax number.",
    )
    reg_address = fields.Char(string="Address")
    reg_phone = fields.Char(string="Phone")
    bank_name = fields.Char(string="Bank")
    bank_account = fields.Char(string="Bank Account")
    email = fields.Char(string="E-mail", help="Where digital invoices are announced.")
    mobile = fields.Char()
    delivery_name = fields.Char(string="Recipient")
    delivery_phone = fields.Char(string="Recipient's Phone")
    delivery_address = fields.Char(string="Delivery Address", help="Where paper invoices go.")
    warning = fields.Char(compute='_compute_warning')

    _default_uniq = models.UniqueIndex(
        '(partner_id, company_id) WHERE is_default AND active',
        "A member has one default title.",
    )

    # === COMPUTE METHODS === #
    @api.depends('company_id')
    def _compute_is_fapiao(self):
        for title in self:
            # sudo: res.company - members need not know of its fiscal country
            title.is_fapiao = title.company_id.sudo()._is_fapiao()

    @api.depends('title_type', 'tax_no', 'country_id', 'company_id')
    def _compute_warning(self):
        for title in self:
            title.warning = title._check_tax_number()[1]

    @api.depends('name', 'tax_no')
    def _compute_display_name(self):
        for title in self:
            title.display_name = ' · '.join(filter(None, [title.name, title.tax_no]))

    # === CONSTRAINT METHODS === #
    @api.constrains('title_type', 'tax_no', 'company_id')
    def _check_tax_no(self):
        for title in self:
            error, _warning = title._check_tax_number()
            if error:
                raise ValidationError(error)

    @api.constrains('name')
    def _check_name(self):
        for title in self:
            if not title.name.strip():
                raise ValidationError(self.env._("Please say in whose name the invoice is to be."))

    @api.constrains('partner_id', 'company_id', 'title_type', 'name', 'tax_no', 'active')
    def _check_unique(self):
        for title in self.filtered('active'):
            if self.search_count(
                [
                    ('id', '!=', title.id),
                    ('partner_id', '=', title.partner_id.id),
                    ('company_id', '=', title.company_id.id),
                    ('title_type', '=', title.title_type),
                    ('name', '=', title.name),
                    ('tax_no', '=', title.tax_no),
                    ('active', '=', True),
                ],
                limit=1,
            ):
                raise ValidationError(
                    self.env._("There is a title “%(title)s” already.", title=title.name)
                )

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_clean_values(vals) for vals in vals_list]
        self._unset_defaults(vals_list)
        titles = super().create(vals_list)
        first = titles._filtered_first()
        first.is_default = True
        return titles

    def write(self, vals):
        vals = self._prepare_clean_values(vals)
        if vals.get('is_default'):
            self._unset_defaults(
                [
                    {
                        'is_default': True,
                        'partner_id': vals.get('partner_id', title.partner_id.id),
                        'company_id': vals.get('company_id', title.company_id.id),
                    }
                    for title in self
                ]
            )
        if vals.get('active') is False:
            vals['is_default'] = False
        return super().write(vals)

    @api.model
    def _prepare_clean_values(self, vals):
        """Return a copy of values, without the blanks that people paste along."""
        vals = dict(vals)
        for name in ('name', 'reg_address', 'bank_name', 'bank_account', 'email'):
            if vals.get(name):
                vals[name] = vals[name].strip()
        if 'tax_no' in vals:
            vals['tax_no'] = tax_number.normalize(vals['tax_no']) or False
        return vals

    def _unset_defaults(self, vals_list):
        """Make room for new default titles."""
        for vals in vals_list:
            if vals.get('is_default'):
                self.search(
                    [
                        ('partner_id', '=', vals.get('partner_id')),
                        ('company_id', '=', vals.get('company_id') or self.env.company.id),
                        ('is_default', '=', True),
                    ]
                ).write({'is_default': False})
        # before the new ones are there: the index looks at each row by itself
        self.flush_model(['is_default'])

    def _filtered_first(self):
        """Return the first title of each member that has no default one."""
        having = {
            (partner, company)
            for partner, company in self._read_group(
                [('partner_id', 'in', self.partner_id.ids), ('is_default', '=', True)],
                ['partner_id', 'company_id'],
            )
        }
        first = self.browse()
        for title in self:
            key = (title.partner_id, title.company_id)
            if key not in having and title.active:
                having.add(key)
                first |= title
        return first

    # === BUSINESS METHODS === #
    def _check_tax_number(self):
        """Return what is wrong with the tax number, and what looks unusual.

        Only companies and institutions of a Chinese company's members are refused anything.

        :return: tuple (error, warning) of translated texts or False
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        # sudo: res.company - members need not know of its fiscal country
        if company.sudo()._is_fapiao():
            return self._check_chinese_tax_number(self.title_type, self.tax_no or '')
        return False, self._check_foreign_tax_number()

    @api.model
    def _check_chinese_tax_number(self, title_type, number):
        problem = tax_number.check_chinese(tax_number.normalize(number))
        if not problem:
            return False, False
        if problem == tax_number.MISSING:
            if title_type == 'company':
                return self.env._("A company's invoice needs its tax number."), False
            return False, False
        if problem == tax_number.OLD:
            return False, self.env._(
                "This is a tax number of the old form. Unless it is still in use, please give "
                "the unified social credit code, which has 18 characters."
            )
        if problem == tax_number.PERSONAL:
            if title_type == 'person':
                return False, False
            return False, self.env._(
                "This is the identity number of a person. Only sole proprietors use theirs."
            )
        text = (
            self.env._("This tax number has a typing error: its last character does not fit.")
            if problem == tax_number.BAD_CHECK
            else self.env._("A tax number has 18 letters and digits.")
        )
        return (False, text) if title_type == 'person' else (text, False)

    def _check_foreign_tax_number(self):
        if not self.tax_no or not self.country_id:
            return False
        if tax_number.is_valid_abroad(self.tax_no, self.country_id.code) is False:
            return self.env._(
                "This does not look like a tax number of %(country)s. Please check it.",
                country=self.country_id.name,
            )
        return False
