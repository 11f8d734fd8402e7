from odoo import fields, models, tools
from odoo.tools import SQL


class ReferralKpi(models.Model):
    """What each affiliate brought about, by month and since the beginning."""

    _name = 'referral.kpi'
    _description = 'Referral Figures'
    _auto = False
    _order = 'date desc, income desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one('res.partner', string="Affiliate", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(string="Month", readonly=True)
    visits = fields.Integer(readonly=True)
    registrations = fields.Integer(readonly=True)
    orders = fields.Integer(readonly=True)
    income = fields.Monetary(readonly=True, help="Commissions by the month of the sale.")
    visits_total = fields.Integer(string="Visits to Date", readonly=True, aggregator='max')
    registrations_total = fields.Integer(
        string="Registrations to Date", readonly=True, aggregator='max'
    )
    orders_total = fields.Integer(string="Orders to Date", readonly=True, aggregator='max')
    income_total = fields.Monetary(string="Income to Date", readonly=True, aggregator='max')

    def init(self):
        """Make the view."""
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL("CREATE VIEW %s AS (%s)", SQL.identifier(self._table), self._get_query())
        )

    def _get_query(self):
        """Return the statement behind the view."""
        return SQL(
            """SELECT (partner_id::bigint * 256 + company_id %% 256) * 1024
                          + (EXTRACT(YEAR FROM date)::int - 2000) * 12
                          + EXTRACT(MONTH FROM date)::int AS id,
                      months.*,
                      SUM(visits) OVER so_far AS visits_total,
                      SUM(registrations) OVER so_far AS registrations_total,
                      SUM(orders) OVER so_far AS orders_total,
                      SUM(income) OVER so_far AS income_total
                 FROM (SELECT partner_id, company_id, date,
                              SUM(visits)::int AS visits, SUM(registrations)::int AS registrations,
                              SUM(orders)::int AS orders, SUM(income) AS income
                         FROM (%s) AS parts
                     GROUP BY partner_id, company_id, date) AS months
               WINDOW so_far AS (PARTITION BY partner_id, company_id ORDER BY date)""",
            SQL(" UNION ALL ").join(self._get_parts()),
        )

    def _get_parts(self):
        """Return what is counted: statements of the same columns."""
        return [
            SQL(
                """SELECT partner_id, company_id, date_trunc('month', date)::date AS date,
                          SUM(count) AS visits, 0 AS registrations, 0 AS orders, 0.0 AS income
                     FROM referral_visit GROUP BY 1, 2, 3"""
            ),
            SQL(
                """SELECT referrer_id, company_id, date_trunc('month', create_date)::date,
                          0, COUNT(*), 0, 0.0
                     FROM referral_attribution WHERE referrer_id IS NOT NULL GROUP BY 1, 2, 3"""
            ),
            SQL(
                """SELECT affiliate_id, company_id, date_trunc('month', date)::date,
                          0, 0, COUNT(*), 0.0
                     FROM referral_event
                    WHERE kind <> 'signup' AND affiliate_id IS NOT NULL GROUP BY 1, 2, 3"""
            ),
            SQL(
                """SELECT beneficiary_id, company_id, date_trunc('month', date)::date,
                          0, 0, 0, SUM(amount)
                     FROM referral_commission WHERE state <> 'void' GROUP BY 1, 2, 3"""
            ),
        ]
