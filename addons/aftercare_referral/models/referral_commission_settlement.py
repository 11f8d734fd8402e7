from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools import commission as engine
from ..tools.numbers import to_decimal

BATCH_SIZE = 10_000
TRIES = 3


class ReferralCommission(models.Model):
    _inherit = 'referral.commission'

    # === BUSINESS METHODS: taking back === #

    @api.model
    def _reverse_event(self, key, refunded=None):
        """Take back what was earned by the part of a sale that was given back.

        Says how it is, not what is new: the same refunds again change nothing, and refunds that
        were withdrawn bring the commission back.

        :param str key: of the event
        :param dict refunded: line key → base given back, all refunds together; None: everything
        :return: the new reversals, as superuser
        """
        # sudo: referral.commission - whoever makes a credit note need not see commissions
        commissions = self.sudo().search([('source_key', '=', key), ('origin_id', '=', False)])
        reversals = commissions.browse()
        for commission in commissions:
            target = commission._get_reversal_target(refunded)
            reversals |= commission._reverse_to(target, self.env._("The sale was given back."))
        return reversals

    def _get_reversal_target(self, refunded):
        """Return how much is to be taken back, all together, in the currency of the affiliate."""
        self.ensure_one()
        base = to_decimal(self.base)
        given_back = base
        if refunded is not None:
            given_back = sum(
                (
                    min(to_decimal(refunded.get(line.key, 0)), to_decimal(line.base))
                    for line in self.line_ids
                ),
                to_decimal(0),
            )
        initial = to_decimal(self.initial_amount)
        if given_back >= base:
            return initial
        source = engine.get_reversal(
            to_decimal(self.source_amount),
            base,
            given_back,
            to_decimal(self.source_currency_id.rounding),
        )
        return min(
            initial,
            engine.convert(source, to_decimal(self.fx_rate), to_decimal(self.currency_id.rounding)),
        )

    def _reverse_to(self, target, reason):
        """Take back so much, all together: from a held commission, else by a reversal.

        :param target: in the currency of the affiliate
        :return: the new reversal, or nothing
        """
        self.ensure_one()
        delta = to_decimal(target) - to_decimal(self.reversed_amount)
        if not delta or self.void_code in ('SELF_REFERRAL', 'MANUAL'):
            return self.browse()
        if self.state in ('held', 'void'):
            left = to_decimal(self.initial_amount) - to_decimal(target)
            self.write(
                {
                    'reversed_amount': target,
                    'amount': left,
                    'state': 'held' if left else 'void',
                    'void_code': False if left else 'REFUNDED',
                    'reason': reason,
                }
            )
            reversal = self.browse()
        else:
            # the write makes two refunds at the same moment collide, so that none counts twice
            self.write({'reversed_amount': target})
            reversal = self.create(self._prepare_reversal_values(-delta, reason))
            reversal._finish_release(is_notified=False)
        if delta > 0:
            self.env['notification.event']._notify(
                'referral_commission_reversed',
                self,
                {'amount': float(delta), 'reason': reason},
            )
        return reversal

    def _prepare_reversal_values(self, amount, reason):
        today = fields.Date.context_today(self)
        names = (
            'company_id',
            'event_id',
            'beneficiary_id',
            'source_partner_id',
            'rule_id',
            'currency_id',
            'source_currency_id',
        )
        return {name: self[name].id for name in names} | {
            'origin_id': self.id,
            'kind': 'reversal',
            'level': self.level,
            'rule_name': self.rule_name,
            'rate_type': self.rate_type,
            'rate': self.rate,
            'fx_rate': self.fx_rate,
            'source_key': self.source_key,
            'source_model': self.source_model,
            'source_id': self.source_id,
            'reference': self.reference,
            'date': today,
            'initial_amount': amount,
            'amount': amount,
            'state': 'due',
            'date_due': today,
            'reason': reason,
        }

    @api.model
    def _write_off(self, partner, reason):
        """Forgive an affiliate what he owes after refunds.

        :param partner: ``res.partner``
        :raises UserError: when he owes nothing
        """
        # sudo: referral.commission - the caller has made sure that a manager asks
        self_sudo = self.sudo()
        company = self.env.company
        domain = Domain('company_id', '=', company.id) & Domain('beneficiary_id', '=', partner.id)
        [(balance,)] = self_sudo._read_group(
            domain & Domain('state', '=', 'due'), [], ['amount:sum']
        )
        if company.currency_id.compare_amounts(balance, 0) >= 0:
            raise UserError(self.env._("%(name)s owes nothing.", name=partner.display_name))
        today = fields.Date.context_today(self)
        row = self_sudo.create(
            {
                'company_id': company.id,
                'beneficiary_id': partner.id,
                'kind': 'write_off',
                'date': today,
                'currency_id': company.currency_id.id,
                'source_currency_id': company.currency_id.id,
                'initial_amount': -balance,
                'amount': -balance,
                'state': 'due',
                'date_due': today,
                'reason': reason,
            }
        )
        row._finish_release(is_notified=False)
        return row

    # === BUSINESS METHODS: held → due → paid === #

    @api.model
    def _get_settled_domain(self):
        """Return the domain of the commissions whose sale stands; addons that know sales add to
        it."""
        return Domain.TRUE

    def _is_source_settled(self):
        """Tell whether the sale of the commission stands: it is paid and nobody disputes it."""
        self.ensure_one()
        # sudo: referral.commission - asks for the invoice, which staff need not see
        return bool(self.sudo().filtered_domain(self._get_settled_domain()))

    @api.model
    def _get_release_domain(self, today):
        """Return the domain of the commissions whose hold is over."""
        return (
            Domain('state', '=', 'held')
            & Domain('hold_until', '<=', today)
            & Domain('needs_review', '=', False)
            & self._get_settled_domain()
        )

    @api.model
    def _cron_release(self, batch_size=BATCH_SIZE):
        """Make commissions due whose hold is over and whose sale stands, in batches."""
        # sudo: referral.commission - the scheduled action serves all companies
        self_sudo = self.sudo()
        domain = self._get_release_domain(fields.Date.context_today(self))
        remaining = self_sudo.search_count(domain)
        self.env['ir.cron']._commit_progress(remaining=remaining)
        tries = 0
        while remaining:
            try:
                with self.env.cr.savepoint():
                    released = self_sudo._release_batch(domain, batch_size)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # somebody changed one of them: a new transaction sees what has become of it
                tries += 1
                self.env.transaction.clear()
                if tries == TRIES or not self.env['ir.cron']._commit_progress(0):
                    break
                continue
            if not released:
                break
            remaining = max(0, remaining - len(released))
            if not self.env['ir.cron']._commit_progress(len(released), remaining=remaining):
                break

    @api.model
    def _release_batch(self, domain, batch_size):
        """Make as many commissions due in one statement, those of an affiliate together."""
        query = self._search(domain, limit=batch_size, order='beneficiary_id, id')
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """UPDATE referral_commission
                      SET state = 'due', date_due = %(today)s,
                          write_uid = %(uid)s, write_date = %(now)s
                    WHERE state = 'held' AND id IN (%(ids)s)
                RETURNING id""",
                today=fields.Date.context_today(self),
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=query.select(),
            )
        )
        released = self.browse(id_ for (id_,) in rows)
        released.invalidate_recordset(['state', 'date_due'])
        released._finish_release()
        return released

    def _finish_release(self, is_notified=True):
        """Do what follows from commissions having become due: credit them, tell the affiliates."""
        self._credit()
        if is_notified and self:
            self._notify_due()

    def _notify_due(self):
        """Tell each affiliate once what has become due."""
        rows = self._read_group(
            [('id', 'in', self.ids)],
            ['beneficiary_id', 'currency_id'],
            ['amount:sum', '__count', 'id:max'],
        )
        extra = {
            id_: {'amount': amount, 'currency_id': currency.id, 'count': count}
            for _partner, currency, amount, count, id_ in rows
        }
        self.env['notification.event']._notify('referral_commission_due', self.browse(extra), extra)

    def _credit(self):
        """Hand over what is due, for example to a wallet; nothing here.

        :return: the commissions that were credited
        """
        return self.browse()

    def _set_paid(self, date=None):
        """Note that due commissions were paid out."""
        due = self.filtered(lambda commission: commission.state == 'due')
        due.write({'state': 'paid', 'date_paid': date or fields.Date.context_today(self)})
        return due

    def _set_statement(self, statement):
        """Note on which statement commissions are; paid ones are written past the guard.

        :param statement: ``referral.statement``, empty: on none
        """
        if not self:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE referral_commission SET statement_id = %s WHERE id = ANY(%s) RETURNING id",
                statement.id or None,
                self.ids,
            )
        )
        self.invalidate_recordset(['statement_id'])
        statement.invalidate_recordset(['commission_ids'])
