from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.addons.aftercare_referral.tools.numbers import to_decimal
from odoo.fields import Domain

PAID_STATES = ('paid', 'in_payment')
BATCH_SIZE = 200
CATCH_UP_DAYS = 90


class AccountMove(models.Model):
    _inherit = 'account.move'

    referral_commission_count = fields.Integer(
        compute='_compute_referral_commission_count',
        groups='aftercare_referral.aftercare_referral_group_user',
    )

    # === COMPUTE METHODS === #

    def _compute_referral_commission_count(self):
        counts = dict(
            self.env['referral.commission']._read_group(
                [('source_move_id', 'in', self.ids)], ['source_move_id'], ['__count']
            )
        )
        for move in self:
            move.referral_commission_count = counts.get(move, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `account`: payments that post no entry of their own pay an invoice as well."""
        result = super().write(vals)
        if 'matched_payment_ids' in vals:
            self._sync_referral()
        return result

    # === ACTION METHODS === #

    def action_view_referral_commissions(self):
        """Open the commissions that the invoice brought."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_referral.referral_commission_action'
        )
        return action | {'domain': [('source_move_id', '=', self.id)], 'context': {}}

    def button_draft(self):
        """Override of `account`: an invoice or credit note that is open again counts no more."""
        result = super().button_draft()
        self._sync_referral()
        return result

    def button_cancel(self):
        """Override of `account`: a cancelled invoice or credit note counts no more."""
        result = super().button_cancel()
        self._sync_referral()
        return result

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        """Override of `account`: a credit note takes back what the invoice has brought."""
        posted = super()._post(soft)
        posted.filtered(lambda move: move.move_type == 'out_refund')._sync_referral()
        return posted

    def _invoice_paid_hook(self):
        """Override of `account`: a paid invoice brings commissions."""
        result = super()._invoice_paid_hook()
        self._sync_referral()
        return result

    def _sync_referral(self):
        """Make the commissions say what invoices and their credit notes say.

        Says how it is, not what is new, so it may be called as often as anything changes.
        """
        # sudo: account.move, referral.event - whoever registers payments need not see commissions
        moves_sudo = self.sudo()
        invoices = moves_sudo.filtered(lambda move: move.move_type == 'out_invoice')
        invoices |= moves_sudo.filtered(
            lambda move: move.move_type == 'out_refund'
        ).reversed_entry_id
        if not invoices:
            return
        keys = {invoice._get_referral_key(): invoice for invoice in invoices}
        events = invoices.env['referral.event'].search([('key', 'in', list(keys))])
        known = set(events.mapped('key'))
        for key, invoice in keys.items():
            if key in known or invoice.commercial_partner_id.referrer_id:
                invoice._sync_one_referral(key, key in known)

    def _sync_one_referral(self, key, is_known):
        self.ensure_one()
        Commission = self.env['referral.commission']
        is_paid = self.state == 'posted' and self.payment_state in PAID_STATES
        if is_paid and not is_known:
            event = self._prepare_referral_event(key)
            if event['lines']:
                Commission._book_event(event)
        if is_paid or (self.state == 'posted' and self.payment_state == 'reversed'):
            Commission._reverse_event(key, self._get_referral_refunds())
        elif is_known:
            Commission._reverse_event(key)

    def _get_referral_key(self):
        self.ensure_one()
        return f'{self._name},{self.id}'

    def _prepare_referral_event(self, key):
        """Return the event that a paid invoice is, see ``referral.commission._book_event``."""
        self.ensure_one()
        return {
            'key': key,
            'kind': 'purchase',
            'partner': self.commercial_partner_id,
            'currency': self.currency_id,
            'company': self.company_id,
            'date': self._get_referral_date(),
            'source': self,
            'reference': self.name,
            'placed_by': self._get_referral_author(),
            'lines': self._prepare_referral_lines(),
        }

    def _get_referral_date(self):
        """Return the day on which the last of the money came."""
        self.ensure_one()
        payments = self._get_reconciled_amls().filtered(
            lambda line: line.move_id.move_type != 'out_refund'
        )
        dates = payments.mapped('date') or self.matched_payment_ids.mapped('date')
        return max(dates, default=self.invoice_date or self.date)

    def _get_referral_author(self):
        """Return who placed the order, or else made the invoice."""
        self.ensure_one()
        if 'sale_line_ids' in self.env['account.move.line']._fields:
            orders = self.invoice_line_ids.sale_line_ids.order_id
            return orders[:1].create_uid.partner_id
        return self.create_uid.partner_id

    def _get_referral_share(self):
        """Return the share that was paid by real money; bonus and points do not count.

        :rtype: Decimal
        """
        self.ensure_one()
        return Decimal(1)

    def _prepare_referral_lines(self):
        """Return what counts of an invoice: one dict for each line."""
        self.ensure_one()
        share = self._get_referral_share()
        return [
            {
                'key': str(line.id),
                'product': line.product_id,
                'base': base * share,
                'share': share,
                'quantity': line._get_referral_quantity(),
                **line._get_referral_values(),
            }
            for line, base in self._get_referral_bases().items()
        ]

    def _get_referral_bases(self):
        """Return the untaxed amount of each line that counts, discounts spread over all lines.

        :return: dict of ``account.move.line`` → Decimal
        """
        self.ensure_one()
        amounts = {
            line: to_decimal(line.price_subtotal)
            for line in self.invoice_line_ids
            if line.display_type == 'product'
        }
        gross = sum((amount for amount in amounts.values() if amount > 0), Decimal(0))
        net = sum(amounts.values(), Decimal(0))
        if net <= 0:
            return {}
        return {
            line: amount * net / gross
            for line, amount in amounts.items()
            if amount > 0 and line._is_referral_line()
        }

    # === BUSINESS METHODS: refunds === #

    def _get_referral_refunds(self):
        """Return what the credit notes give back, all together.

        :return: dict of line key → Decimal
        """
        self.ensure_one()
        bases = self._get_referral_bases()
        share = self._get_referral_share()
        refunds, spread = defaultdict(Decimal), Decimal(0)
        credit_notes = self.reversal_move_ids.filtered(
            lambda move: move.move_type == 'out_refund' and move.state == 'posted'
        )
        for line, amount in credit_notes._get_referral_credits():
            found = line._find_referral_origin(bases)
            if found:
                refunds[found] += amount
            elif not line.product_id:
                spread += amount
        total = sum(bases.values(), Decimal(0))
        for line, base in bases.items():
            refunds[line] += spread * base / total
        return {str(line.id): amount * share for line, amount in refunds.items()}

    def _get_referral_credits(self):
        """Return the lines of credit notes with what each gives back, discounts spread."""
        result = []
        for move in self:
            amounts = {
                line: to_decimal(line.price_subtotal)
                for line in move.invoice_line_ids
                if line.display_type == 'product'
            }
            gross = sum((amount for amount in amounts.values() if amount > 0), Decimal(0))
            net = sum(amounts.values(), Decimal(0))
            if gross:
                result += [
                    (line, amount * max(net, Decimal(0)) / gross)
                    for line, amount in amounts.items()
                    if amount > 0
                ]
        return result

    # === BUSINESS METHODS: scheduled action === #

    @api.model
    def _cron_sync_referrals(self):
        """Book what was paid on a way that tells nobody; looks at the last months only."""
        # sudo: account.move, referral.event - the scheduled action serves all companies
        moves_sudo = self.sudo()
        events = moves_sudo.env['referral.event']._search([('source_model', '=', self._name)])
        domain = (
            Domain('move_type', '=', 'out_invoice')
            & Domain('state', '=', 'posted')
            & Domain('payment_state', 'in', PAID_STATES)
            & Domain('invoice_date', '>=', f'today -{CATCH_UP_DAYS}d')
            & Domain('commercial_partner_id.referrer_id', '!=', False)
            & Domain('id', 'not in', events.subselect('source_id'))
        )
        ids = moves_sudo.search(domain, order='id').ids
        self.env['ir.cron']._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), BATCH_SIZE):
            batch = moves_sudo.browse(ids[start : start + BATCH_SIZE])
            batch._sync_referral()
            if not self.env['ir.cron']._commit_progress(len(batch)):
                break
