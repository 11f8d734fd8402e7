from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.commission import Rule


class ReferralRule(models.Model):
    """Other rates for some affiliates, products or categories."""

    _name = 'referral.rule'
    _description = 'Commission Rule'
    _inherit = ['mail.thread', 'commission.rate.mixin']
    _order = 'precedence desc, id'
    _check_company_auto = True

    program_id = fields.Many2one(
        'referral.program',
        string="Programme",
        required=True,
        index=True,
        ondelete='cascade',
        default=lambda self: self.env['referral.program'].search(
            [('company_id', '=', self.env.company.id)], limit=1
        ),
    )
    company_id = fields.Many2one(related='program_id.company_id', store=True)
    currency_id = fields.Many2one(related='program_id.currency_id')
    levels = fields.Integer(related='program_id.levels')
    active = fields.Boolean(default=True, tracking=True)
    partner_id = fields.Many2one(
        'res.partner',
        string="Affiliate",
        index='btree_not_null',
        tracking=True,
        domain="[('is_affiliate', '=', True)]",
        help="Empty: all of them.",
    )
    product_tmpl_id = fields.Many2one(
        'product.template',
        string="Product",
        index='btree_not_null',
        tracking=True,
        check_company=True,
        help="Empty: all of them.",
    )
    categ_id = fields.Many2one(
        'product.category',
        string="Category",
        index='btree_not_null',
        tracking=True,
        help="With the categories below; the nearest one decides. Empty: all of them.",
    )
    rate_type = fields.Selection(
        [('percent', "Percent"), ('fixed', "Amount for each unit")],
        default='percent',
        required=True,
        tracking=True,
    )
    purchase_rate = fields.Float(tracking=True)
    purchase_rate_2 = fields.Float(tracking=True)
    renewal_rate = fields.Float(tracking=True)
    renewal_rate_2 = fields.Float(tracking=True)
    max_renewals = fields.Integer(tracking=True)
    precedence = fields.Integer(
        compute='_compute_precedence',
        store=True,
        aggregator=None,
        help="Of the rules that fit a sale, the one with the highest number decides.",
    )
    commission_count = fields.Integer(compute='_compute_commission_count')

    _rates_check = models.Constraint(
        'CHECK(LEAST(purchase_rate, purchase_rate_2, renewal_rate, renewal_rate_2) >= 0'
        " AND (rate_type = 'fixed' OR"
        ' GREATEST(purchase_rate, purchase_rate_2, renewal_rate, renewal_rate_2) <= 100))',
        "Rates are between 0 and 100 %, amounts not negative.",
    )
    _renewals_check = models.Constraint(
        'CHECK(max_renewals >= 0)', "The number of renewals can not be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends('partner_id', 'product_tmpl_id', 'categ_id')
    def _compute_precedence(self):
        for rule in self:
            rule.precedence = rule._get_precedence()

    @api.depends(lambda self: [*self._get_criteria(), 'rate_type', 'purchase_rate', 'renewal_rate'])
    def _compute_display_name(self):
        for rule in self:
            # sudo: product.template, res.partner - names a rule is known by
            names = [rule.sudo()[name].display_name for name in self._get_criteria() if rule[name]]
            rule.display_name = ' × '.join(names) or self.env._("All sales")

    def _compute_commission_count(self):
        # sudo: referral.commission - whoever sees the rule may know how often it decided
        counts = dict(
            self.env['referral.commission']
            .sudo()
            ._read_group([('rule_id', 'in', self.ids)], ['rule_id'], ['__count'])
        )
        for rule in self:
            rule.commission_count = counts.get(rule, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains(lambda self: [*self._get_criteria(), 'program_id', 'active'])
    def _check_criteria(self):
        for rule in self.filtered('active'):
            criteria = Domain.AND(Domain(name, '=', rule[name].id) for name in rule._get_criteria())
            if not any(rule[name] for name in rule._get_criteria()):
                raise ValidationError(
                    self.env._(
                        "A rule is for an affiliate, a product or a category. What holds for all "
                        "sales is set in the programme."
                    )
                )
            twin = (
                self.search(criteria & Domain('program_id', '=', rule.program_id.id), limit=2)
                - rule
            )
            if twin:
                raise ValidationError(
                    self.env._(
                        "There is a rule for %(what)s already. Change that one.",
                        what=rule.display_name,
                    )
                )

    # === ACTION METHODS === #

    def action_view_commissions(self):
        """Open the commissions that the rule decided on."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_referral.referral_commission_action'
        )
        return action | {'domain': [('rule_id', '=', self.id)], 'context': {}}

    # === BUSINESS METHODS === #

    @api.model
    def _get_criteria(self):
        """Return the fields that say what a rule is for; each is a many2one."""
        return ['partner_id', 'product_tmpl_id', 'categ_id']

    def _get_precedence(self):
        """Return a number that sorts rules as the calculation does: affiliate beats product beats
        category beats all."""
        self.ensure_one()
        depth = (self.categ_id.parent_path or '').count('/')
        return (
            bool(self.partner_id) * 10_000
            + bool(self.product_tmpl_id) * 1_000
            + min(depth, 90) * 10
        )

    @api.model
    def _get_candidate_domain(self, program, affiliates, products):
        """Return the domain of the rules that may fit one of the affiliates and products."""
        templates = products.product_tmpl_id
        categories = self.env['product.category'].search(
            [('id', 'parent_of', templates.categ_id.ids)]
        )
        return (
            Domain('program_id', '=', program.id)
            & Domain('partner_id', 'in', [False, *affiliates.ids])
            & Domain('product_tmpl_id', 'in', [False, *templates.ids])
            & Domain('categ_id', 'in', [False, *categories.ids])
        )

    def _prepare_engine_rule(self):
        """Return the rule for the calculation."""
        self.ensure_one()
        return Rule(
            id=self.id,
            affiliate=self.partner_id.id or None,
            product=self.product_tmpl_id.id or None,
            category=self.categ_id.id or None,
            is_fixed=self.rate_type == 'fixed',
            rates=self._get_engine_rates(),
            max_renewals=self.max_renewals,
        )
