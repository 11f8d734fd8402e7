from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ReferralEvent(models.Model):
    """A sale to, or the registration of, a customer whom somebody brought, and what came of it."""

    _name = 'referral.event'
    _description = 'Referred Sale'
    _order = 'date desc, id desc'
    _rec_name = 'reference'

    key = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        [('purchase', "Purchase"), ('renewal', "Renewal"), ('signup', "Registration")],
        required=True,
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        'res.partner',
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete='restrict',
    )
    affiliate_id = fields.Many2one(
        'res.partner', string="Brought By", readonly=True, ondelete='restrict'
    )
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    base = fields.Monetary(readonly=True, help="Untaxed, after discounts, paid by real money.")
    reference = fields.Char(readonly=True)
    source_model = fields.Char(readonly=True)
    source_id = fields.Many2oneReference(model_field='source_model', readonly=True)
    note = fields.Text(string="Explanation", readonly=True)
    commission_ids = fields.One2many('referral.commission', 'event_id', readonly=True)

    _key_uniq = models.UniqueIndex('(key)', "This sale was booked already.")
    _affiliate_idx = models.Index('(affiliate_id, date)')

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What commissions were paid for can not be deleted."))

    # === ACTION METHODS === #

    def action_view_source(self):
        """Open the document that was paid."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': self.source_model,
            'res_id': self.source_id,
            'view_mode': 'form',
        }

    # === BUSINESS METHODS === #

    @api.model
    def _add(self, vals):
        """Note an event unless it is known already.

        Of two transactions that note the same event at once one has to be tried again.

        :param dict vals: of the event
        :return: the new event, or an empty recordset
        """
        self.env.flush_all()
        columns = [name for name in vals if self._fields[name].store]
        values = [self._fields[name].convert_to_column_insert(vals[name], self) for name in columns]
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO referral_event
                          (create_uid, create_date, write_uid, write_date, %(columns)s)
                   VALUES (%(uid)s, %(now)s, %(uid)s, %(now)s, %(values)s)
              ON CONFLICT (key) DO NOTHING RETURNING id""",
                columns=SQL(', ').join(SQL.identifier(name) for name in columns),
                values=SQL(', ').join(SQL('%s', value) for value in values),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return self.browse(id_ for (id_,) in rows)
