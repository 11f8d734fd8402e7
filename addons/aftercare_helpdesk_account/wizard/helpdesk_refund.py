from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

CHOICES = 100


class HelpdeskRefund(models.TransientModel):
    """An agent credits an invoice of the customer of a ticket."""

    _name = 'helpdesk.refund'
    _inherit = 'helpdesk.after.sales'
    _description = "Refund"
    _switch = 'can_refund'

    method = fields.Selection(
        selection=[
            ('reverse', "Credit note as a draft, for the accountants to check"),
            ('modify', "Credit the invoice at once and prepare a new one"),
        ],
        string="What happens",
        default='reverse',
        required=True,
    )
    move_id = fields.Many2one(
        comodel_name='account.move',
        string="Invoice",
        compute='_compute_move_id',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    move_choices = fields.Json(compute='_compute_move_choices', export_string_translation=False)
    reason = fields.Char(help="Printed on the credit note.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    journal_id = fields.Many2one(
        comodel_name='account.journal',
        string="Journal",
        compute='_compute_journal_id',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    journal_choices = fields.Json(
        compute='_compute_journal_choices', export_string_translation=False
    )

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    def _compute_move_choices(self):
        for wizard in self:
            wizard.move_choices = [
                {
                    'id': move_sudo.id,
                    'title': move_sudo.name,
                    'subtitle': wizard._describe_invoice(move_sudo),
                    'value': formatLang(
                        self.env, move_sudo.amount_total, currency_obj=move_sudo.currency_id
                    ),
                }
                for move_sudo in wizard._get_available_invoices()
            ]

    @api.depends('ticket_id')
    def _compute_move_id(self):
        for wizard in self:
            moves_sudo = wizard._get_available_invoices()
            product = wizard.ticket_id.product_id
            fitting_sudo = moves_sudo.filtered(
                lambda move, product=product: (
                    product and product in move.invoice_line_ids.product_id
                )
            )
            wizard.move_id = (fitting_sudo[:1] or (len(moves_sudo) == 1 and moves_sudo)) or False

    @api.depends('move_id')
    def _compute_journal_id(self):
        for wizard in self:
            move_sudo = wizard._get_chosen_document()
            wizard.journal_id = move_sudo.journal_id.filtered('active') or False

    @api.depends('move_id')
    def _compute_journal_choices(self):
        for wizard in self:
            wizard.journal_choices = [
                {'id': journal_sudo.id, 'title': journal_sudo.name}
                for journal_sudo in wizard._get_available_journals()
            ]

    @api.depends('method')
    def _compute_message(self):
        """Override of `aftercare_helpdesk_after_sales`: the words depend on what happens."""
        super()._compute_message()

    # === CONSTRAINT METHODS === #

    @api.constrains('move_id')
    def _check_move_id(self):
        for wizard in self.sudo(False):
            wizard._check_choice()

    # === BUSINESS METHODS === #

    def _get_available_invoices(self):
        """Return the invoices with something left to credit, by superuser rights."""
        self.ensure_one()
        ticket = self.ticket_id
        if not ticket or not ticket._is_after_sales_open(self._switch):
            return self.env['account.move'].sudo()
        return ticket._find_refundable_invoices(limit=CHOICES).filtered(
            lambda move: move._get_creditable_amount()
        )

    def _get_chosen_document(self):
        """Override of `aftercare_helpdesk_after_sales`: the invoice, if it may be chosen."""
        self.ensure_one()
        ticket = self.ticket_id
        # sudo: account.move - checked to be a posted invoice to the customer of the ticket
        move_sudo = self.move_id.sudo()
        if not ticket or not ticket._is_after_sales_open(self._switch):
            return move_sudo.browse()
        return move_sudo.filtered_domain(ticket._get_refundable_domain())

    def _get_available_journals(self):
        """Return the journals the credit note may be in, by superuser rights."""
        self.ensure_one()
        move_sudo = self._get_chosen_document()
        Journal = move_sudo.env['account.journal']
        if not move_sudo:
            return Journal
        return Journal.search(
            [
                *Journal._check_company_domain(move_sudo.company_id),
                ('type', '=', move_sudo.journal_id.type),
            ]
        )

    def _describe_invoice(self, move_sudo):
        """Return what helps to recognise an invoice."""
        words = [format_date(self.env, move_sudo.invoice_date)]
        states = dict(move_sudo._fields['payment_state']._description_selection(self.env))
        words.append(states.get(move_sudo.payment_state, ''))
        products = move_sudo.invoice_line_ids.product_id.mapped('display_name')
        return ' · '.join(filter(None, [*words, ', '.join(products)]))

    def _get_default_message(self):
        """Override of `aftercare_helpdesk_after_sales`."""
        if self.method == 'modify':
            return self.env._(
                "We have credited the invoice below in full. A corrected invoice follows."
            )
        return self.env._(
            "We are going to refund the invoice below. You will get the credit note as soon as "
            "our accountants have checked it."
        )

    def _check_choice(self):
        """Override of `aftercare_helpdesk_after_sales`: no other invoice, none twice."""
        super()._check_choice()
        move_sudo = self._get_chosen_document()
        if not move_sudo:
            raise UserError(self.env._("Choose a posted invoice of the customer of the ticket."))
        if not move_sudo._get_creditable_amount():
            raise UserError(
                self.env._("%(invoice)s is credited in full already.", invoice=move_sudo.name)
            )
        if self.method == 'modify':
            self._check_modify(move_sudo)
        # sudo: account.journal - compared only
        if self.journal_id and self.journal_id.sudo() not in self._get_available_journals():
            raise UserError(self.env._("Choose a sales journal of the company."))

    def _check_modify(self, move_sudo):
        """Refuse to post at once what the accountants have to look at."""
        if move_sudo.currency_id.compare_amounts(
            move_sudo._get_creditable_amount(), move_sudo.amount_total
        ):
            raise UserError(
                self.env._(
                    "A part of %(invoice)s is credited already: make a draft instead.",
                    invoice=move_sudo.name,
                )
            )
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._("What is credited at once cannot have a later date."))

    def _create_documents(self):
        """Override of `aftercare_helpdesk_after_sales`: leave it to the books' own wizard."""
        move_sudo = self._get_chosen_document()
        before = move_sudo.reversal_move_ids
        reversal_sudo = (
            move_sudo.env['account.move.reversal']
            .with_company(move_sudo.company_id)
            .with_context(active_model='account.move', active_ids=move_sudo.ids)
            .create(
                {
                    'date': self.date,
                    'reason': self.reason,
                    'journal_id': (self.journal_id.sudo() or move_sudo.journal_id).id,
                }
            )
        )
        if self.method == 'modify':
            reversal_sudo.modify_moves()
        else:
            reversal_sudo.refund_moves()
        move_sudo.invalidate_recordset(['reversal_move_ids'])
        created_sudo = (move_sudo.reversal_move_ids - before) | reversal_sudo.new_move_ids
        # sudo: account.move - those just made, without the context they were made in
        return self.env['account.move'].sudo().browse(created_sudo.ids)

    def _get_note(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: how much, of what, and why."""
        note = self.env._(
            "%(documents)s for invoice %(invoice)s: %(amount)s",
            documents=', '.join(
                f'{document._get_after_sales_kind()[0]} ({document._get_after_sales_state()[0]})'
                for document in documents_sudo
            ),
            invoice=self.move_id.sudo().name,
            amount=documents_sudo[:1]._get_after_sales_summary(),
        )
        return f'{note} ({self.reason})' if self.reason else note

    def _get_customer_facts(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: invoice, credit note and amount."""
        refund = documents_sudo[:1]
        facts = [(self.env._("Invoice"), self.move_id.sudo().name)]
        if refund.state == 'posted':
            facts.append((self.env._("Credit note"), refund.name))
        facts.append((self.env._("Amount"), refund._get_after_sales_summary()))
        if self.reason:
            facts.append((self.env._("Reason"), self.reason))
        return facts
