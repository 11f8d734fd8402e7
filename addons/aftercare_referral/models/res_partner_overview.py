from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    referral_currency_id = fields.Many2one(
        'res.currency', compute='_compute_referral_overview', compute_sudo=True
    )
    referral_count = fields.Integer(
        string="Referred Customers",
        compute='_compute_referral_count',
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    referral_earned = fields.Monetary(
        string="Earned in Total",
        compute='_compute_referral_overview',
        compute_sudo=True,
        currency_field='referral_currency_id',
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    referral_held = fields.Monetary(
        string="Held",
        compute='_compute_referral_overview',
        compute_sudo=True,
        currency_field='referral_currency_id',
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    referral_balance = fields.Monetary(
        string="Balance",
        compute='_compute_referral_overview',
        compute_sudo=True,
        currency_field='referral_currency_id',
        groups='aftercare_referral.aftercare_referral_group_user',
        help="Due and not paid out yet; below zero after refunds of what was paid out.",
    )
    referral_settled = fields.Monetary(
        string="Settled",
        compute='_compute_referral_overview',
        compute_sudo=True,
        currency_field='referral_currency_id',
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    referral_refunded = fields.Monetary(
        string="Taken Back by Refunds",
        compute='_compute_referral_overview',
        compute_sudo=True,
        currency_field='referral_currency_id',
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    referral_fees = fields.Monetary(
        string="Fees and Taxes",
        compute='_compute_referral_overview',
        compute_sudo=True,
        currency_field='referral_currency_id',
        groups='aftercare_referral.aftercare_referral_group_user',
        help="Kept back when commissions were paid out.",
    )

    # === COMPUTE METHODS === #

    def _compute_referral_count(self):
        # sudo: res.partner - how many customers somebody brought is no secret of the customers
        counts = dict(
            self.sudo()._read_group([('referrer_id', 'in', self.ids)], ['referrer_id'], ['__count'])
        )
        for partner in self:
            partner.referral_count = counts.get(partner, 0)

    @api.depends_context('company')
    def _compute_referral_overview(self):
        overview = self._get_referral_overview()
        currency = self.env.company.currency_id
        for partner in self:
            values = overview.get(partner._origin.id, {})
            partner.referral_currency_id = currency
            partner.referral_earned = values.get('earned', 0)
            partner.referral_held = values.get('held', 0)
            partner.referral_balance = values.get('due', 0)
            partner.referral_settled = values.get('paid', 0)
            partner.referral_refunded = values.get('reversed', 0)
            partner.referral_fees = values.get('fees', 0)

    # === BUSINESS METHODS === #

    def _get_referral_overview(self):
        """Return the account of affiliates in the current company; other addons add to it.

        :return: dict of partner id → dict, see ``referral.commission._get_totals``, and ``fees``
        """
        # sudo: referral.commission - the caller shows affiliates their own, or is staff
        totals = (
            self.env['referral.commission']
            .sudo()
            ._get_totals(self._origin, [('company_id', '=', self.env.company.id)])
        )
        return {id_: {**values, 'fees': 0.0} for id_, values in totals.items()}

    def action_write_off_commissions(self):
        """Ask why an affiliate need not pay back what he owes after refunds."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Write Off"),
            'res_model': 'referral.commission.operation',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_partner_id': self.id, 'default_operation': 'write_off'},
        }
