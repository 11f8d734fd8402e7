from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

LIMIT = 1000


class WalletReconciliation(models.Model):
    _inherit = 'wallet.reconciliation'

    # === BUSINESS METHODS: CHECKS === #
    @api.model
    def _get_checks(self):
        """Return dict code → method; a method gets the company and returns values of lines; a hook."""
        return {
            'bucket': self._check_buckets,
            'seq': self._check_numbers,
            'chain': self._check_chain,
            'lot': self._check_lots,
            'held': self._check_held,
            'books': self._check_books,
            'move': self._check_moves,
            'topup': self._check_topups,
            'refund': self._check_refunds,
            'owner': self._check_owners,
        }

    @api.model
    def _check_buckets(self, company):
        return self._query(
            SQL(
                """
                SELECT account.id AS account_id, account.currency_id,
                       COALESCE(entries.total, 0) AS expected, bucket.amount AS found,
                       bucket.name AS detail
                  FROM wallet_account account
            CROSS JOIN LATERAL (VALUES ('cash', account.cash), ('bonus', account.bonus),
                                       ('commission', account.commission), ('held', account.held),
                                       ('bonus_held', account.bonus_held)) AS bucket (name, amount)
             LEFT JOIN (SELECT account_id, bucket, SUM(amount) AS total FROM wallet_entry
                         WHERE company_id = %(company)s GROUP BY account_id, bucket) entries
                    ON entries.account_id = account.id AND entries.bucket = bucket.name
                 WHERE account.company_id = %(company)s
                   AND bucket.amount <> COALESCE(entries.total, 0)
                """,
                company=company.id,
            )
        )

    @api.model
    def _check_numbers(self, company):
        # the numbers are unique, so that none is missing when the last one is their count
        return self._query(
            SQL(
                """
                SELECT account.id AS account_id, NULL::int AS currency_id,
                       account.seq AS expected, COALESCE(entries.count, 0) AS found,
                       'seq ' || COALESCE(entries.first, 0) || '–' || COALESCE(entries.last, 0)
                       AS detail
                  FROM wallet_account account
             LEFT JOIN (SELECT account_id, COUNT(*), MIN(seq) AS first, MAX(seq) AS last
                          FROM wallet_entry WHERE company_id = %(company)s
                      GROUP BY account_id) entries ON entries.account_id = account.id
                 WHERE account.company_id = %(company)s
                   AND (COALESCE(entries.count, 0) <> account.seq
                        OR COALESCE(entries.last, 0) <> account.seq
                        OR COALESCE(entries.first, 1) <> 1)
                """,
                company=company.id,
            )
        )

    @api.model
    def _check_chain(self, company):
        return self._query(
            SQL(
                """
                SELECT account_id, currency_id, before + amount AS expected,
                       balance_after AS found, bucket || ' #' || seq AS detail
                  FROM (SELECT account_id, currency_id, bucket, seq, amount, balance_after,
                               COALESCE(LAG(balance_after) OVER (
                                   PARTITION BY account_id, bucket ORDER BY seq), 0) AS before
                          FROM wallet_entry WHERE company_id = %s) entries
                 WHERE before + amount <> balance_after
                """,
                company.id,
            )
        )

    @api.model
    def _check_lots(self, company):
        return self._query(
            SQL(
                """
                SELECT account.id AS account_id, account.currency_id,
                       COALESCE(SUM(lot.remaining), 0) AS expected, account.bonus AS found,
                       'bonus' AS detail
                  FROM wallet_account account
             LEFT JOIN wallet_bonus_lot lot ON lot.account_id = account.id
                 WHERE account.company_id = %(company)s
              GROUP BY account.id HAVING account.bonus <> COALESCE(SUM(lot.remaining), 0)
                 UNION ALL
                SELECT lot.account_id, account.currency_id, COALESCE(SUM(entry.amount), 0),
                       lot.remaining, 'lot ' || lot.id
                  FROM wallet_bonus_lot lot
                  JOIN wallet_account account ON account.id = lot.account_id
             LEFT JOIN wallet_entry entry ON entry.lot_id = lot.id
                 WHERE account.company_id = %(company)s
              GROUP BY lot.id, account.currency_id
                HAVING lot.remaining <> COALESCE(SUM(entry.amount), 0)
                """,
                company=company.id,
            )
        )

    @api.model
    def _check_held(self, company):
        holds = SQL(' UNION ALL ').join(self._get_hold_queries())
        return self._query(
            SQL(
                """
                SELECT account.id AS account_id, account.currency_id,
                       COALESCE(SUM(hold.held), 0) AS expected, account.held AS found,
                       'held' AS detail
                  FROM wallet_account account
             LEFT JOIN (%(holds)s) hold ON hold.account_id = account.id
                 WHERE account.company_id = %(company)s
              GROUP BY account.id HAVING account.held <> COALESCE(SUM(hold.held), 0)
                 UNION ALL
                SELECT account.id, account.currency_id, COALESCE(SUM(hold.bonus_held), 0),
                       account.bonus_held, 'bonus_held'
                  FROM wallet_account account
             LEFT JOIN (%(holds)s) hold ON hold.account_id = account.id
                 WHERE account.company_id = %(company)s
              GROUP BY account.id HAVING account.bonus_held <> COALESCE(SUM(hold.bonus_held), 0)
                """,
                holds=holds,
                company=company.id,
            )
        )

    @api.model
    def _get_hold_queries(self):
        """Return queries of what holds money: account_id, held, bonus_held; a hook."""
        return [
            SQL(
                "SELECT account_id, amount - COALESCE(bonus, 0) AS held,"
                " COALESCE(bonus, 0) AS bonus_held FROM wallet_reservation WHERE state = 'open'"
            ),
            SQL(
                "SELECT account_id, amount AS held, 0 AS bonus_held FROM wallet_withdrawal"
                " WHERE state IN ('requested', 'approved')"
            ),
        ]

    @api.model
    def _check_books(self, company):
        """Compare what is owed to customers with the accounts of the company, per currency."""
        return self._query(
            SQL(
                """
                SELECT NULL::int AS account_id, currency_id, -SUM(booked) AS expected,
                       SUM(owed) AS found, name AS detail
                  FROM (SELECT currency_id, cash + held AS owed, 0 AS booked,
                               'prepayments' AS name
                          FROM wallet_account WHERE company_id = %(company)s
                     UNION ALL
                        SELECT currency_id, commission, 0, 'commissions'
                          FROM wallet_account WHERE company_id = %(company)s
                     UNION ALL
                        SELECT currency_id, 0, amount_currency,
                               CASE account_id WHEN %(liability)s THEN 'prepayments'
                                               ELSE 'commissions' END
                          FROM account_move_line
                         WHERE account_id IN (%(liability)s, %(commission)s)
                           AND company_id = %(company)s AND parent_state = 'posted') sums
              GROUP BY currency_id, name HAVING SUM(owed) <> -SUM(booked)
                """,
                company=company.id,
                liability=company.wallet_liability_account_id.id or 0,
                commission=company.wallet_commission_account_id.id or 0,
            )
        )

    @api.model
    def _check_moves(self, company):
        """Compare each journal entry with the entries of the wallets it stands for."""
        return self._query(
            SQL(
                """
                WITH booked AS (
                    SELECT move_id, CASE WHEN move_id IS NULL THEN key END AS key,
                           MIN(account_id) AS account_id, MIN(currency_id) AS currency_id,
                           SUM(amount) FILTER (WHERE bucket IN ('cash', 'held')) AS owed,
                           SUM(amount) FILTER (WHERE bucket = 'commission') AS payable
                      FROM wallet_entry
                     WHERE company_id = %(company)s AND bucket IN ('cash', 'held', 'commission')
                  GROUP BY 1, 2
                ), posted AS (
                    SELECT move_id,
                           -SUM(amount_currency) FILTER (WHERE account_id = %(liability)s) AS owed,
                           -SUM(amount_currency) FILTER (WHERE account_id = %(commission)s)
                           AS payable
                      FROM account_move_line
                     WHERE account_id IN (%(liability)s, %(commission)s)
                       AND company_id = %(company)s AND parent_state = 'posted'
                  GROUP BY move_id
                )
                SELECT booked.account_id, booked.currency_id,
                       COALESCE(booked.owed, 0) + COALESCE(booked.payable, 0) AS expected,
                       COALESCE(posted.owed, 0) + COALESCE(posted.payable, 0) AS found,
                       COALESCE(move.name, booked.key) AS detail
                  FROM booked
             LEFT JOIN posted ON posted.move_id = booked.move_id
             LEFT JOIN account_move move ON move.id = booked.move_id
                 WHERE COALESCE(booked.owed, 0) <> COALESCE(posted.owed, 0)
                    OR COALESCE(booked.payable, 0) <> COALESCE(posted.payable, 0)
                """,
                company=company.id,
                liability=company.wallet_liability_account_id.id or 0,
                commission=company.wallet_commission_account_id.id or 0,
            )
        )

    @api.model
    def _check_topups(self, company):
        return self._query(
            SQL(
                """
                SELECT tx.wallet_account_id AS account_id, tx.currency_id, tx.amount AS expected,
                       0 AS found, tx.reference AS detail
                  FROM payment_transaction tx
                 WHERE tx.is_wallet_topup AND tx.company_id = %s AND tx.state = 'done'
                   AND tx.amount > 0 AND tx.last_state_change < %s
                   AND NOT EXISTS (SELECT FROM wallet_entry
                                    WHERE key = 'payment.transaction,' || tx.id || ':topup')
                   AND NOT EXISTS (SELECT FROM payment_transaction child
                                    WHERE child.source_transaction_id = tx.id
                                      AND child.operation = tx.operation)
                """,
                company.id,
                fields.Datetime.now() - timedelta(hours=1),
            )
        )

    @api.model
    def _check_refunds(self, company):
        return self._query(
            SQL(
                """
                SELECT MIN(entry.account_id) AS account_id, source.currency_id,
                       source.amount AS expected, SUM(entry.amount) AS found,
                       source.reference AS detail
                  FROM wallet_entry entry
                  JOIN payment_transaction refund
                    ON refund.id = entry.res_id AND entry.res_model = 'payment.transaction'
                  JOIN payment_transaction source ON source.id = refund.source_transaction_id
                 WHERE entry.company_id = %s AND entry.kind = 'spend_refund'
              GROUP BY source.id HAVING SUM(entry.amount) > source.amount
                """,
                company.id,
            )
        )

    @api.model
    def _check_owners(self, company):
        return self._query(
            SQL(
                """
                SELECT account.id AS account_id, account.currency_id, 0 AS expected,
                       account.cash + account.bonus + account.commission AS found,
                       partner.name AS detail
                  FROM wallet_account account JOIN res_partner partner
                    ON partner.id = account.partner_id
                 WHERE account.company_id = %s AND account.merged_into_id IS NULL
                   AND partner.commercial_partner_id <> partner.id
                   AND account.cash + account.bonus + account.commission <> 0
                """,
                company.id,
            )
        )

    @api.model
    def _query(self, query):
        return self.env.execute_query_dict(SQL('%s LIMIT %s', query, LIMIT))
