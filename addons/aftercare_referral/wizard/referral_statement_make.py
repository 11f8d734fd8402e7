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
    # at first the month before
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._get_this_month(months=1)
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self._get_this_month(days=1)
    )
    partner_ids = fields.Many2many(
        'res.partner',
        string="Affiliates",
        domain="[('is_affiliate', '=', True)]",
        help="Empty: all who have something due.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def _get_this_month(self, **before):
        """Return a date some time before the first day of this month."""
        return fields.Date.context_today(self).replace(day=1) - relativedelta(**before)

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
