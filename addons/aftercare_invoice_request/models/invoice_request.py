from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..tools import fapiao
from .invoice_request_line import ISSUED_STATES, OPEN_STATES
from .invoice_title import TITLE_TYPES
from .res_company import KINDS

STATES = [
    ('draft', "Draft"),
    ('submitted', "Submitted"),
    ('approved', "Approved"),
    ('issued', "Issued"),
    ('delivered', "Delivered"),
    ('rejected', "Rejected"),
    ('cancelled', "Cancelled"),
    ('reversed', "Reversed"),
]
# Copied from the title, so that an invoice tells for ever whose name was on it.
SNAPSHOT_FIELDS = [
    'title_type',
    'tax_no',
    'country_id',
    'reg_address',
    'reg_phone',
    'bank_name',
    'bank_account',
    'email',
    'mobile',
    'delivery_name',
    'delivery_phone',
    'delivery_address',
]
# Decided by the buttons, never written by users.
PROTECTED_FIELDS = {
    'attachment_ids',
    'date_approved',
    'date_closed',
    'date_delivered',
    'date_issued',
    'date_submitted',
    'deadline',
    'invoice_code',
    'invoice_date',
    'invoice_number',
    'is_fapiao',
    'issuer_id',
    'move_id',
    'name',
    'overdue_noted',
    'reject_reason',
    'state',
}
# What the member has asked for: staff may correct it until the invoice is issued.
ASKED_FIELDS = {'content', 'content_name', 'kind', 'title_id', 'title_name', *SNAPSHOT_FIELDS}
FIXED_FIELDS = {'company_id', 'currency_id', 'partner_id'}


class InvoiceRequest(models.Model):
    """A member asks for the invoice of what it paid; staff issues it."""

    _name = 'invoice.request'
    _description = 'Invoice Request'
    _inherit = ['notification.mixin', 'portal.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _rec_names_search = ['name', 'title_name', 'invoice_number']
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram')
    state = fields.Selection(
        STATES,
        default='draft',
        required=True,
        readonly=True,
        copy=False,
        group_expand=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        'res.partner', string="Member", required=True, ondelete='restrict', index=True
    )
    commercial_partner_id = fields.Many2one(
        'res.partner',
        string="Commercial Entity",
        related='partner_id.commercial_partner_id',
        store=True,
        index=True,
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id
    )
    is_fapiao = fields.Boolean(
        string="Chinese Tax Invoice",
        compute='_compute_is_fapiao',
        store=True,
        precompute=True,
        help="The rules of Chinese tax invoices apply.",
    )
    kind = fields.Selection(KINDS, required=True, default='electronic_normal', tracking=True)
    is_paper = fields.Boolean(compute='_compute_is_paper')
    content = fields.Selection(
        [('detail', "Items as bought"), ('category', "One line for all")],
        required=True,
        default='detail',
        help="What the invoice lists.",
    )
    content_name = fields.Char(string="Wording", help="E.g. technical services.")
    line_ids = fields.One2many(
        'invoice.request.line', 'request_id', string="Paid Documents", copy=False
    )
    document_names = fields.Char(string="Documents", compute='_compute_document_names')
    amount = fields.Monetary(compute='_compute_amounts', store=True)
    amount_reversed = fields.Monetary(
        string="Taken Back", compute='_compute_amounts', store=True, help="By red-letter invoices."
    )
    amount_due_back = fields.Monetary(
        string="To Take Back",
        compute='_compute_amounts',
        store=True,
        help="Refunded after the invoice was issued: needs a red-letter invoice.",
    )
    needs_reversal = fields.Boolean(
        string="Red Letter Needed", compute='_compute_amounts', store=True
    )
    remark = fields.Text(help="What the member wants the issuer to know.")
    note = fields.Text(
        string="Internal Note",
        groups='aftercare_invoice_request.aftercare_invoice_request_group_user',
    )

    title_id = fields.Many2one(
        'invoice.title',
        string="From Title",
        ondelete='set null',
        index='btree_not_null',
        copy=False,
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
    )
    title_name = fields.Char(
        string="Title",
        compute='_compute_snapshot',
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    title_type = fields.Selection(
        TITLE_TYPES,
        string="Type",
        compute='_compute_snapshot',
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    tax_no = fields.Char(
        string="Tax Number",
        compute='_compute_snapshot',
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    country_id = fields.Many2one(
        'res.country', compute='_compute_snapshot', store=True, readonly=False, precompute=True
    )
    reg_address = fields.Char(
        string="Address", compute='_compute_snapshot', store=True, readonly=False, precompute=True
    )
    reg_phone = fields.Char(
        string="Phone", compute='_compute_snapshot', store=True, readonly=False, precompute=True
    )
    bank_name = fields.Char(
        string="Bank", compute='_compute_snapshot', store=True, readonly=False, precompute=True
    )
    bank_account = fields.Char(
        compute='_compute_snapshot', store=True, readonly=False, precompute=True
    )
    email = fields.Char(
        string="E-mail", compute='_compute_snapshot', store=True, readonly=False, precompute=True
    )
    mobile = fields.Char(compute='_compute_snapshot', store=True, readonly=False, precompute=True)
    delivery_name = fields.Char(
        string="Recipient", compute='_compute_snapshot', store=True, readonly=False, precompute=True
    )
    delivery_phone = fields.Char(
        string="Recipient's Phone",
        compute='_compute_snapshot',
        store=True,
        readonly=False,
        precompute=True,
    )
    delivery_address = fields.Char(
        compute='_compute_snapshot', store=True, readonly=False, precompute=True
    )
    warning = fields.Char(compute='_compute_warning')

    user_id = fields.Many2one(
        'res.users',
        string="Responsible",
        tracking=True,
        domain="[('share', '=', False)]",
        default=lambda self: self.env.company.invoice_request_user_id,
    )
    deadline = fields.Date(readonly=True, copy=False, index=True)
    is_overdue = fields.Boolean(compute='_compute_is_overdue', search='_search_is_overdue')
    overdue_noted = fields.Boolean(readonly=True, copy=False)
    provider = fields.Selection(
        selection=lambda self: self.env['res.company']._get_invoice_request_providers(),
        string="Issued Through",
        compute='_compute_provider',
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    invoice_number = fields.Char(readonly=True, copy=False, index='trigram', tracking=True)
    invoice_code = fields.Char(readonly=True, copy=False, help="Only invoices on paper have one.")
    invoice_date = fields.Date(readonly=True, copy=False)
    issuer_id = fields.Many2one('res.users', readonly=True, copy=False)
    move_id = fields.Many2one(
        'account.move',
        string="Customer Invoice",
        readonly=True,
        copy=False,
        index='btree_not_null',
        ondelete='set null',
    )
    attachment_ids = fields.Many2many(
        'ir.attachment', string="Invoice Files", readonly=True, copy=False
    )
    courier = fields.Char(copy=False, help="Who carries an invoice on paper.")
    tracking_number = fields.Char(copy=False)
    reject_reason = fields.Char(string="Reason", readonly=True, copy=False)
    reversal_ids = fields.One2many(
        'invoice.request.reversal', 'request_id', string="Red-Letter Invoices", readonly=True
    )

    date_submitted = fields.Datetime(string="Submitted On", readonly=True, copy=False)
    date_approved = fields.Datetime(string="Approved On", readonly=True, copy=False)
    date_issued = fields.Datetime(string="Issued On", readonly=True, copy=False)
    date_delivered = fields.Datetime(string="Delivered On", readonly=True, copy=False)
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False)

    _name_uniq = models.Constraint('UNIQUE(name)', "The number of a request must be unique.")
    _invoice_number_uniq = models.UniqueIndex(
        "(company_id, invoice_number, COALESCE(invoice_code, '')) "
        "WHERE is_fapiao AND invoice_number IS NOT NULL",
        "This invoice number was used for another request already.",
    )
    _state_deadline_idx = models.Index("(deadline) WHERE state IN ('submitted', 'approved')")
    _partner_state_idx = models.Index('(commercial_partner_id, state)')

    # === COMPUTE METHODS === #
    @api.depends('company_id')
    def _compute_is_fapiao(self):
        for request in self:
            # sudo: res.company - members need not know of its fiscal country
            request.is_fapiao = request.company_id.sudo()._is_fapiao()

    @api.depends('kind')
    def _compute_is_paper(self):
        for request in self:
            request.is_paper = request._is_paper()

    @api.depends('line_ids.name')
    def _compute_document_names(self):
        for request in self:
            names = request.line_ids.mapped(lambda line: line.name or '')
            request.document_names = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")

    @api.depends('line_ids.amount', 'line_ids.amount_reversed', 'line_ids.amount_due_back')
    def _compute_amounts(self):
        for request in self:
            lines = request.line_ids
            request.amount = sum(lines.mapped('amount'))
            request.amount_reversed = sum(lines.mapped('amount_reversed'))
            request.amount_due_back = sum(lines.mapped('amount_due_back'))
            request.needs_reversal = bool(request.amount_due_back)

    @api.depends('title_id')
    def _compute_snapshot(self):
        for request in self:
            title = request.title_id
            if title:
                request.title_name = title.name
                for name in SNAPSHOT_FIELDS:
                    request[name] = title[name]
            else:
                # a title that was deleted leaves what was copied from it
                request.title_name = request.title_name
                request.title_type = request.title_type or 'company'
                for name in SNAPSHOT_FIELDS:
                    request[name] = request[name]

    @api.depends('title_type', 'tax_no', 'country_id', 'company_id')
    def _compute_warning(self):
        for request in self:
            request.warning = request._new_title()._check_tax_number()[1]

    @api.depends('company_id')
    def _compute_provider(self):
        for request in self:
            request.provider = request.company_id.invoice_request_provider or 'manual'

    @api.depends('deadline', 'state')
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.is_overdue = bool(
                request.state in OPEN_STATES and request.deadline and request.deadline < today
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('state', 'in', OPEN_STATES) & Domain(
            'deadline', '<', fields.Date.context_today(self)
        )

    @api.depends('name', 'title_name')
    def _compute_display_name(self):
        for request in self:
            request.display_name = ' · '.join(
                filter(None, [request.name, request.title_name])
            ) or self.env._("New request")

    def _compute_access_url(self):
        super()._compute_access_url()
        for request in self:
            request.access_url = f'/my/invoice-requests/{request.id}'

    # === CONSTRAINT METHODS === #
    @api.constrains('invoice_number', 'invoice_code', 'kind', 'is_fapiao')
    def _check_invoice_number(self):
        for request in self:
            if not request.is_fapiao or not request.invoice_number:
                continue
            number, code = request.invoice_number, request.invoice_code
            if request._is_paper():
                if not fapiao.is_paper_number(number, code):
                    raise ValidationError(
                        self.env._(
                            "An invoice on paper has a number of 8 digits and a code of 10 or 12."
                        )
                    )
            elif not fapiao.is_digital_number(number) or code:
                raise ValidationError(
                    self.env._("A fully digital invoice has one number of 20 digits, and no code.")
                )

    @api.constrains('line_ids', 'company_id', 'currency_id', 'partner_id')
    def _check_lines(self):
        for request in self:
            # sudo: invoice.source - members do not see the book of what is invoiced
            sources_sudo = request.line_ids.sudo().source_id
            if sources_sudo and (
                sources_sudo.company_id != request.company_id
                or sources_sudo.currency_id != request.currency_id
            ):
                raise ValidationError(
                    self.env._("The documents on a request must be of one company and currency.")
                )
            if sources_sudo and sources_sudo.partner_id != request.commercial_partner_id:
                raise ValidationError(
                    self.env._("The documents on a request must be those of its member.")
                )

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        self._check_protected({name for vals in vals_list for name in vals}, is_create=True)
        # sudo: ir.sequence - whoever may ask for an invoice may number the request
        sequence_sudo = (
            self.env['ir.sequence'].sudo().search([('code', '=', 'invoice.request')], limit=1)
        )
        vals_list = [dict(vals, name=sequence_sudo.next_by_id()) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        self._check_protected(vals.keys())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        if any(request.state != 'draft' for request in self):
            raise UserError(
                self.env._("Only drafts can be deleted. Please cancel or refuse the request.")
            )

    def _check_protected(self, names, is_create=False):
        """Leave what is decided by methods (and written as superuser) to them."""
        if self.env.su:
            return
        refused = PROTECTED_FIELDS & set(names)
        if not is_create and any(request.state != 'draft' for request in self):
            refused |= FIXED_FIELDS & set(names)
            if any(request.state not in ('draft', *OPEN_STATES) for request in self):
                refused |= ASKED_FIELDS & set(names)
        if refused:
            labels = [self._fields[name]._description_string(self.env) for name in sorted(refused)]
            raise AccessError(
                self.env._(
                    "This can not be written by hand at this stage: %(fields)s. Please use the "
                    "buttons of the request.",
                    fields=", ".join(labels),
                )
            )

    # === BUSINESS METHODS === #
    def _is_paper(self):
        self.ensure_one()
        return (self.kind or '').startswith('paper')

    def _is_special(self):
        self.ensure_one()
        return (self.kind or '').endswith('special')

    def _is_open(self):
        self.ensure_one()
        return self.state in OPEN_STATES

    def _is_issued(self):
        self.ensure_one()
        return self.state in ISSUED_STATES

    def _new_title(self):
        """Return the snapshot as a title that is not saved, to check it by the same rules."""
        self.ensure_one()
        return self.env['invoice.title'].new(
            {
                'company_id': self.company_id.id,
                'name': self.title_name,
                'title_type': self.title_type,
                'tax_no': self.tax_no,
                'country_id': self.country_id.id,
            }
        )

    def _get_deadline(self):
        """Return the day until which a request submitted now is to be issued."""
        self.ensure_one()
        return fields.Date.context_today(self) + timedelta(
            days=self.company_id.invoice_request_days
        )
