from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_is_zero

from .invoice_request_line import ISSUED_STATES, OPEN_STATES

MANAGER_GROUP = 'aftercare_invoice_request.aftercare_invoice_request_group_manager'
ACTIVITY_OVERDUE = 'aftercare_invoice_request.mail_activity_type_overdue'
ACTIVITY_REVERSAL = 'aftercare_invoice_request.mail_activity_type_reversal'
BATCH_SIZE = 200


class InvoiceRequest(models.Model):
    _inherit = 'invoice.request'

    # === ACTION METHODS === #
    def action_find_documents(self):
        """Put everything that the member may have invoiced on a draft; staff removes the rest."""
        self.ensure_one()
        self.check_access('write')
        if self.state != 'draft':
            raise UserError(self.env._("Only drafts can be filled."))
        documents = [
            found
            for found in self.env['invoice.source']._find_documents(
                self.partner_id, self.company_id
            )
            if found['currency_id'] == self.currency_id.id and not found['request']
        ]
        if not documents:
            raise UserError(
                self.env._(
                    "%(member)s has paid nothing that is left to invoice.",
                    member=self.commercial_partner_id.display_name,
                )
            )
        # sudo: invoice.request - the book of what is invoiced is kept by methods only
        self.sudo()._add_documents([found['document'] for found in documents])

    def action_submit(self):
        """Ask for the invoice: from now on nobody else can have the money invoiced."""
        self.check_access('write')
        # sudo: invoice.request - states are written by methods only
        self.sudo()._submit()

    def action_approve(self):
        """Say that the invoices may be issued."""
        self.check_access('write')
        # sudo: invoice.request - states are written by methods only
        self.sudo()._approve()

    def action_issue(self):
        """Open the dialogue that attaches the document; or let the provider issue it."""
        self.check_access('write')
        manual = self.filtered(lambda request: request.provider == 'manual')
        if len(manual) > 1:
            raise UserError(
                self.env._("Invoices that staff attaches are issued one by one: open a request.")
            )
        # sudo: invoice.request - states are written by methods only
        (self - manual).sudo()._issue()
        return manual.action_attach() if manual else True

    def action_attach(self):
        """Open the dialogue that attaches the document and issues the invoice in one step."""
        self.ensure_one()
        return self._open_dialogue('invoice.request.issue', self.env._("Attach and Issue"))

    def action_deliver(self):
        """Say that the member has the invoice, or that the courier has it."""
        self.check_access('write')
        # sudo: invoice.request - states are written by methods only
        self.sudo()._deliver()

    def action_reject(self):
        """Open the dialogue that asks why the requests are refused."""
        return self._open_dialogue('invoice.request.reject', self.env._("Refuse"))

    def action_cancel(self):
        """Call the requests off; their money can be requested again."""
        self.check_access('write')
        # sudo: invoice.request - states are written by methods only
        self.sudo()._cancel()

    def action_reverse(self):
        """Open the dialogue that notes a red-letter invoice."""
        self.ensure_one()
        return self._open_dialogue('invoice.request.reverse', self.env._("Red-Letter Invoice"))

    def action_back_to_draft(self):
        """Make a request that was called off a draft again."""
        self.check_access('write')
        self._check_states(('cancelled', 'rejected'))
        # sudo: invoice.request - states are written by methods only
        self.sudo().write({'state': 'draft', 'reject_reason': False, 'date_closed': False})

    def _open_dialogue(self, model, name):
        self.check_access('write')
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': model,
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_request_id': self[:1].id,
                'default_request_ids': self.ids,
            },
        }

    # === BUSINESS METHODS: ASKING === #
    @api.model
    def _request_documents(self, partner, documents, values):
        """Ask for the invoice of all that is left of some paid documents, as a member does.

        :param partner: the person who asks
        :param list documents: records of models that `invoice.source` knows
        :param dict values: ``title_id``, ``kind``, ``email``, ``remark``, … of the request
        :return: the submitted request, sudoed
        :raises UserError: says what is missing or refused
        """
        if not documents:
            raise UserError(self.env._("Please choose what the invoice is to be for."))
        company = self.env.company
        # sudo: invoice.request - the member's rights on the documents were checked before
        request_sudo = (
            self.sudo()
            .with_context(mail_create_nosubscribe=True)
            .create({'partner_id': partner.id, 'company_id': company.id, **values})
        )
        request_sudo._add_documents(documents)
        request_sudo._submit()
        return request_sudo

    def _add_documents(self, documents):
        """Put all that is left of documents on a draft, in place of what is on it."""
        self.ensure_one()
        Source = self.env['invoice.source']
        sources = Source
        for model in dict.fromkeys(document._name for document in documents):
            ids = [document.id for document in documents if document._name == model]
            sources |= Source._open_for(self.env[model].sudo().browse(ids))
        left = sources.filtered(
            lambda source: source.currency_id.compare_amounts(source.amount_left, 0) > 0
        )
        if len(left) < len(documents):
            raise UserError(
                self.env._("Some of the documents have nothing left to invoice. Please look again.")
            )
        self.line_ids.unlink()
        self.currency_id = left[:1].currency_id
        self.env['invoice.request.line'].create(
            [
                {'request_id': self.id, 'source_id': source.id, 'amount': source.amount_left}
                for source in left
            ]
        )

    def _submit(self):
        self._check_states(('draft',))
        for request in self:
            request._check_ready()
            request._take_amounts()
            request.write(
                {
                    'state': 'submitted',
                    'date_submitted': fields.Datetime.now(),
                    'deadline': request._get_deadline(),
                    'overdue_noted': False,
                }
            )
        self._notify_state('invoice_request_submitted')

    def _take_amounts(self):
        """Reserve the amounts of the lines, in the order that all transactions follow."""
        self.ensure_one()
        sources = self.line_ids.source_id
        sources._refresh()
        for line in self.line_ids.sorted(lambda line: line.source_id.id):
            line.source_id._reserve(line.amount)
        # The rows are ours now: no other transaction can open a request on them.
        other = self.env['invoice.request.line'].search(
            [
                ('source_id', 'in', sources.ids),
                ('request_id', '!=', self.id),
                ('state', 'in', OPEN_STATES),
            ],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "%(document)s is on request %(request)s, which is not issued yet.",
                    document=other.name,
                    request=other.request_id.name,
                )
            )

    def _give_amounts(self):
        """Give back what the requests still hold of their documents."""
        for line in self.line_ids.sorted(lambda line: line.source_id.id):
            held = line._get_amount_held()
            if not line.currency_id.is_zero(held):
                line.source_id._release(held)

    def _check_ready(self):
        """Refuse a request that nobody could issue.

        :raises UserError: says what is missing
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Please choose what the invoice is to be for."))
        if self.kind not in dict(self.company_id._get_invoice_kinds()):
            raise UserError(self.env._("This kind of invoice is not offered."))
        if not (self.title_name or '').strip():
            raise UserError(self.env._("Please say in whose name the invoice is to be."))
        error, _warning = self._new_title()._check_tax_number()
        if error:
            raise UserError(error)
        if self._is_special():
            self._check_ready_special()
        if self._is_paper():
            if not (self.delivery_name and self.delivery_phone and self.delivery_address):
                raise UserError(
                    self.env._(
                        "An invoice on paper needs a recipient with telephone number and address."
                    )
                )
        elif not self.email:
            raise UserError(self.env._("A digital invoice needs an e-mail address."))

    def _check_ready_special(self):
        if self.title_type != 'company' or not self.tax_no:
            raise UserError(
                self.env._("Special VAT invoices are for companies with a tax number only.")
            )
        if self._is_paper() and not (
            self.reg_address and self.reg_phone and self.bank_name and self.bank_account
        ):
            raise UserError(
                self.env._(
                    "A special VAT invoice on paper needs the company's address, telephone, bank "
                    "and bank account."
                )
            )

    def _check_states(self, states):
        """Refuse requests that are in another state, because somebody was faster perhaps."""
        labels = dict(self._fields['state']._description_selection(self.env))
        for request in self:
            if request.state not in states:
                raise UserError(
                    self.env._(
                        "%(request)s is in state “%(state)s”: this is not possible any more.",
                        request=request.name,
                        state=labels[request.state],
                    )
                )

    # === BUSINESS METHODS: STATES === #
    def _approve(self):
        self._check_states(('submitted',))
        self.write({'state': 'approved', 'date_approved': fields.Datetime.now()})
        self._notify_state('invoice_request_approved')

    def _deliver(self):
        """Say that the invoices are with their members; told only when a courier carries them."""
        self._check_states(('issued',))
        for request in self:
            if request._is_paper() and not request.courier:
                raise UserError(
                    self.env._("Please enter the courier, or how the invoice was handed over.")
                )
        self.write({'state': 'delivered', 'date_delivered': fields.Datetime.now()})
        self.filtered(lambda request: request._is_paper())._notify_state(
            'invoice_request_delivered'
        )

    def _reject(self, reason):
        self._check_states(OPEN_STATES)
        self._close('rejected', reason)
        self._notify_state('invoice_request_rejected')

    def _cancel(self, reason=None):
        self._check_states(('draft', *OPEN_STATES))
        self._close('cancelled', reason)
        self._notify_state('invoice_request_cancelled')

    def _cancel_refunded(self):
        """Call off requests of which refunds leave nothing."""
        if self:
            self._cancel(self.env._("What it was for was refunded."))

    def _close(self, state, reason):
        self._give_amounts()
        self.write({'state': state, 'reject_reason': reason, 'date_closed': fields.Datetime.now()})
        self.activity_unlink([ACTIVITY_OVERDUE])

    # === BUSINESS METHODS: RED LETTERS === #
    def _follow_due_back(self):
        """Make a to-do of what was refunded after the invoice, and drop it when it is done."""
        due = self.filtered('needs_reversal')
        (self - due).activity_unlink([ACTIVITY_REVERSAL])
        new = due.filtered(
            lambda request: (
                self.env.ref(ACTIVITY_REVERSAL) not in request.activity_ids.activity_type_id
            )
        )
        for request in new:
            request._schedule(
                ACTIVITY_REVERSAL,
                self.env._(
                    "%(amount)s of invoice %(number)s was refunded",
                    amount=request.currency_id.format(request.amount_due_back),
                    number=request.invoice_number or request.name,
                ),
            )
        new._notify_state('invoice_request_refunded')

    def _reverse(self, document, is_whole=True):
        """Note a red-letter invoice and give its money back to the documents.

        :param dict document: ``number``, ``code``, ``date``, ``reason``, ``attachments``
        :param bool is_whole: the whole invoice, or only what was refunded
        :return: ``invoice.request.reversal``
        :raises UserError: when there is nothing to take back
        """
        self.ensure_one()
        self._check_states(ISSUED_STATES)
        amounts = {
            line: line._get_amount_held() if is_whole else line.amount_due_back
            for line in self.line_ids.sorted(lambda line: line.source_id.id)
        }
        amount = sum(amounts.values())
        if float_is_zero(amount, precision_rounding=self.currency_id.rounding):
            raise UserError(self.env._("There is nothing to take back."))
        reversal = self.env['invoice.request.reversal'].create(
            {
                'request_id': self.id,
                'number': document['number'],
                'code': document.get('code'),
                'date': document.get('date') or fields.Date.context_today(self),
                'amount': amount,
                'reason': document['reason'],
                'user_id': self.env.uid,
                'attachment_ids': [(6, 0, document.get('attachments', []))],
            }
        )
        for line, part in amounts.items():
            if not line.currency_id.is_zero(part):
                line.source_id._release(part)
                line.write({'amount_reversed': line.amount_reversed + part, 'amount_due_back': 0.0})
        if self.currency_id.compare_amounts(self.amount_reversed, self.amount) >= 0:
            self.write({'state': 'reversed', 'date_closed': fields.Datetime.now()})
        self.line_ids.source_id._refresh()
        self._follow_due_back()
        self._notify_state('invoice_request_reversed')
        return reversal

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only managers of invoice requests may do this."))

    # === BUSINESS METHODS: OVERDUE === #
    @api.model
    def _cron_run(self):
        """Remind staff of what waits too long, each once."""
        domain = [('is_overdue', '=', True), ('overdue_noted', '=', False)]
        requests = self.search(domain, limit=BATCH_SIZE, order='id')
        for request in requests:
            request._schedule(
                ACTIVITY_OVERDUE,
                self.env._("Was to be issued until %(date)s", date=request.deadline),
            )
        requests.overdue_noted = True
        requests._notify_state('invoice_request_overdue')
        remaining = self.search_count(domain) if len(requests) == BATCH_SIZE else 0
        self.env['ir.cron']._commit_progress(len(requests), remaining=remaining)

    def _schedule(self, activity_type, summary):
        """Give a to-do to whoever is responsible."""
        self.ensure_one()
        user = self.user_id or self.company_id.invoice_request_user_id or self._get_manager()
        if user:
            self.activity_schedule(activity_type, summary=summary, user_id=user.id)

    def _get_manager(self):
        """Return somebody who may do something about a request that nobody has taken."""
        self.ensure_one()
        return self._get_managers().filtered(lambda user: self.company_id in user.company_ids)[:1]
