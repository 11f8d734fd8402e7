from odoo import api, fields, models
from odoo.tools import SQL


class ReferralVisit(models.Model):
    """How often the link of an affiliate was followed on a day.

    Each visit adds a row and changes none, so that a link that many follow at once holds up
    nobody; the days gone by are summed up at night.
    """

    _name = 'referral.visit'
    _description = 'Visits by a Referral Link'
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Affiliate", required=True, ondelete='cascade'
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, ondelete='cascade'
    )
    date = fields.Date(required=True, default=fields.Date.today)
    count = fields.Integer(string="Visits", default=1, required=True)

    _partner_date_idx = models.Index('(partner_id, company_id, date)')

    # === CRUD METHODS === #

    @api.autovacuum
    def _gc_sum_up(self):
        """Sum the visits of each day gone by up in one row."""
        self.flush_model()
        self.env.execute_query(
            SQL(
                """WITH many AS (
                       SELECT partner_id, company_id, date, SUM(count) AS total, MIN(id) AS kept
                         FROM referral_visit WHERE date < %s
                     GROUP BY partner_id, company_id, date HAVING COUNT(*) > 1
                        LIMIT 50000
                ), gone AS (
                       DELETE FROM referral_visit v USING many
                        WHERE v.partner_id = many.partner_id AND v.date = many.date
                          AND v.company_id = many.company_id
                          AND v.id <> many.kept
                ) UPDATE referral_visit SET count = many.total FROM many
                   WHERE referral_visit.id = many.kept
               RETURNING referral_visit.id""",
                fields.Date.today(),
            )
        )
        self.invalidate_model()
