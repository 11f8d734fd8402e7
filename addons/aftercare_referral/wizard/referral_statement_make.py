from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class ReferralStatementMake(models.TransientModel):
    """Asks for which period and whom statements are made."""

    _name = 'referral.statement.make'
    _description = 'Make Statements'

    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    partner_ids = fields.Many2many(
        'res.partner',
        string="Affiliates",
        domain="[('is_affiliate', '=', True)]",
        help="Empty: all who have something due.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def default_get(self, fields_list):
        """Override of `base`: at first the month before."""
        values = super().default_get(fields_list)
        first = fields.Date.context_today(self).replace(day=1)
        values.setdefault('date_from', first - relativedelta(months=1))
        values.setdefault('date_to', first - relativedelta(days=1))
        return values

    # === ACTION METHODS === #

    def action_make(self):
        """Make the statements and open them."""
        self.ensure_one()
        statements = self.env['referral.statement']
        statements._check_manager()
        statements = statements._make(
            self.company_id, self.date_from, self.date_to, self.partner_ids or None
        )
        if not statements:
            raise UserError(self.env._("Nothing is due until then that is on no statement yet."))
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_referral.referral_statement_action'
        )
        return action | {'domain': [('id', 'in', statements.ids)], 'context': {}}
