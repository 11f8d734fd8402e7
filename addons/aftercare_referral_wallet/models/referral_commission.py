import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.addons.aftercare_referral.tools.identity import normalize_number
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

AT_ONCE = 20
BATCH_SIZE = 200


class ReferralCommission(models.Model):
    _inherit = 'referral.commission'

    wallet_credit_date = fields.Datetime(
        string="In the Wallet Since",
        readonly=True,
        copy=False,
        groups='aftercare_referral.aftercare_referral_group_user',
    )

    _uncredited_idx = models.Index("(id) WHERE state = 'due' AND wallet_credit_date IS NULL")

    # === BUSINESS METHODS: crediting === #

    def _credit(self):
        """Override of `aftercare_referral`: what is due goes into the wallet, a few at once, many
        by the scheduled action, which starts at once."""
        waiting = self.filtered(
            lambda commission: commission.state == 'due' and not commission.wallet_credit_date
        )
        if len(waiting) > AT_ONCE:
            # sudo: ir.cron - starts the scheduled action
            self.env.ref('aftercare_referral_wallet.ir_cron_credit').sudo()._trigger()
            return super()._credit()
        return super()._credit() | waiting._credit_to_wallet()

    def _credit_to_wallet(self):
        """Credit commissions one by one; one that can not be credited holds up no other.

        :return: those that were credited
        """
        credited = self.browse()
        for commission in self.sorted('id'):
            try:
                with self.env.cr.savepoint():
                    commission._credit_one()
                credited |= commission
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except UserError as error:
                # such as a company without a chart of accounts; the next run tries again
                self.env.transaction.clear()
                _logger.info("Commission %s can not be credited: %s", commission.id, error)
            except Exception:
                self.env.transaction.clear()
                _logger.exception("Commission %s can not be credited", commission.id)
        return credited

    def _credit_one(self):
        """Credit a commission once: of two transactions that try, one has to be tried again."""
        self.ensure_one()
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """UPDATE referral_commission SET wallet_credit_date = %s
                    WHERE id = %s AND wallet_credit_date IS NULL RETURNING id""",
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(['wallet_credit_date'])
        if not rows or self.currency_id.is_zero(self.amount):
            return
        account = self._get_wallet()
        account._credit_commission(
            self.amount,
            f'{self._name},{self.id}',
            origin=self,
            reason=' '.join(filter(None, [self.display_name, self.reference])),
        )

    def _get_wallet(self, create=True):
        """Return the wallet of the affiliate, as superuser."""
        # sudo: wallet.account - commissions are credited whoever is at work
        return (
            self.env['wallet.account']
            .sudo()
            ._get_for(self.beneficiary_id, self.currency_id, self.company_id, create=create)
        )

    @api.model
    def _cron_credit(self):
        """Credit what is due and in no wallet yet, in batches; the failed ones are left for later."""
        # sudo: referral.commission - the scheduled action serves all companies
        self_sudo = self.sudo()
        domain = [('state', '=', 'due'), ('wallet_credit_date', '=', False)]
        remaining, last_id = self_sudo.search_count(domain), 0
        self.env['ir.cron']._commit_progress(remaining=remaining)
        while remaining:
            batch = self_sudo.search([*domain, ('id', '>', last_id)], order='id', limit=BATCH_SIZE)
            if not batch:
                break
            last_id = batch[-1].id
            try:
                batch._credit_to_wallet()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # the money of one of them moves this very moment: the next run goes on
                break
            remaining = max(0, remaining - len(batch))
            if not self.env['ir.cron']._commit_progress(len(batch), remaining=remaining):
                break

    # === BUSINESS METHODS: paying out === #

    @api.model
    def _settle_from_wallets(self, accounts):
        """Note the oldest commissions as paid, as far as money has left the wallets' commission.

        :param accounts: ``wallet.account``
        """
        # sudo: wallet.account, referral.commission - follows from a payout, whoever made it
        for account in accounts.sudo():
            rows = self.sudo().search(
                [
                    ('beneficiary_id', '=', account.partner_id.id),
                    ('company_id', '=', account.company_id.id),
                    ('currency_id', '=', account.currency_id.id),
                    ('wallet_credit_date', '!=', False),
                    ('state', 'in', ('due', 'paid')),
                ],
                order='date_due, id',
            )
            paid = rows.filtered(lambda row: row.state == 'paid')
            left = (
                sum((rows - paid).mapped('amount'))
                - account.commission
                - account._get_pending_commission()
            )
            covered, chosen, candidate = 0.0, self.browse(), self.browse()
            for row in rows - paid:
                covered += row.amount
                if account.currency_id.compare_amounts(covered, left) > 0:
                    break
                candidate |= row
                if covered > 0:
                    chosen = candidate
            chosen._set_paid()

    # === BUSINESS METHODS: signals === #

    @api.model
    def _get_mark_labels(self):
        """Override of `aftercare_referral`: cards and withdrawal accounts tell as well."""
        return super()._get_mark_labels() | {'instrument': self.env._("means of payment")}

    @api.model
    def _get_identity_marks(self, partner):
        """Override of `aftercare_referral`: cards and withdrawal accounts tell as well."""
        marks = defaultdict(set, super()._get_identity_marks(partner))
        commercial = partner.commercial_partner_id
        # sudo: wallet.payee, payment.token - compared, shown to nobody
        payees_sudo = (
            self.env['wallet.payee']
            .sudo()
            .with_context(active_test=False)
            .search([('partner_id.commercial_partner_id', '=', commercial.id)])
        )
        tokens_sudo = (
            self.env['payment.token']
            .sudo()
            .with_context(active_test=False)
            .search([('partner_id.commercial_partner_id', '=', commercial.id)])
        )
        marks['account'] |= {normalize_number(number) for number in payees_sudo.mapped('number')}
        marks['account'] -= {''}
        marks['instrument'] |= {
            f'{token.provider_id.id}:{token.provider_ref}'
            for token in tokens_sudo
            if token.provider_code != 'demo'
        }
        return marks
