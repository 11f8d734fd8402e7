from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.commission import MAX_LEVELS, Rule, choose
from ..tools.links import get_local_path


class ReferralProgram(models.Model):
    """What a company pays to those who bring customers, and when."""

    _name = 'referral.program'
    _description = 'Referral Programme'
    _inherit = ['mail.thread', 'commission.rate.mixin']
    _order = 'company_id, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(
        default=True, tracking=True, help="Archived: nobody earns by what is paid from now on."
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, ondelete='cascade'
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one(
        'res.users',
        string="Responsible",
        domain="[('share', '=', False)]",
        index='btree_not_null',
        help="Gets what is to be reviewed.",
    )
    enrolment = fields.Selection(
        [
            ('automatic', "Every customer"),
            ('request', "Customers who ask, once approved"),
            ('staff', "Only whom staff admits"),
        ],
        string="Who Takes Part",
        default='automatic',
        required=True,
        tracking=True,
    )
    levels = fields.Integer(
        default=1,
        required=True,
        tracking=True,
        help="1: who brought the customer earns. 2: who brought that one earns as well. More "
        "levels count as a pyramid scheme in many countries; ask your lawyer even about the second.",
    )
    purchase_rate = fields.Float(default=20)
    purchase_rate_2 = fields.Float(default=5)
    renewal_rate = fields.Float(default=10)
    renewal_rate_2 = fields.Float(default=2)
    signup_amount = fields.Monetary(
        string="For a Registration",
        tracking=True,
        help="Paid for each customer who registers, whether or not he ever buys.",
    )
    cap_percent = fields.Float(
        string="Cap (%)",
        digits=(5, 2),
        default=30,
        tracking=True,
        help="All levels together never get more of a sale; the first level is served first.",
    )
    hold_days = fields.Integer(
        string="Hold (days)",
        default=30,
        tracking=True,
        help="A commission is due that many days after the payment; 0: at once.",
    )
    cookie_days = fields.Integer(
        string="Link Remembered (days)",
        default=60,
        tracking=True,
        help="How long a visitor may take to register after he has followed a link. The last link "
        "counts.",
    )
    landing_path = fields.Char(
        string="Landing Page",
        default='/',
        help="The page of this site to which links lead, such as /shop.",
    )
    is_statement_automatic = fields.Boolean(
        string="Monthly Statements",
        default=True,
        help="Statements of the month before are made on the first of each month.",
    )
    statement_until = fields.Date(readonly=True, copy=False)
    review_ip_count = fields.Integer(
        string="Registrations from One Address",
        default=3,
        help="So many customers of one affiliate from one address on one day are to be reviewed.",
    )
    review_refund_percent = fields.Float(
        string="Refunds (%)",
        digits=(5, 2),
        default=20,
        help="When more than this share of the commissions of the last 90 days was taken back, "
        "new ones are to be reviewed.",
    )
    terms = fields.Html(
        translate=True, help="What affiliates read about the programme in the portal."
    )
    rule_ids = fields.One2many('referral.rule', 'program_id')
    rule_count = fields.Integer(compute='_compute_rule_count')

    _company_uniq = models.Constraint('UNIQUE(company_id)', "A company has one referral programme.")
    _levels_check = models.Constraint(
        f'CHECK(levels BETWEEN 1 AND {MAX_LEVELS})', "There are one or two levels."
    )
    _cap_check = models.Constraint(
        'CHECK(cap_percent BETWEEN 0 AND 100)', "The cap is between 0 and 100 %."
    )
    _days_check = models.Constraint(
        'CHECK(hold_days BETWEEN 0 AND 3650 AND cookie_days BETWEEN 1 AND 3650)',
        "Days can not be negative, and a link is remembered for one day at least.",
    )
    _signup_check = models.Constraint(
        'CHECK(signup_amount >= 0)', "The amount for a registration can not be negative."
    )

    # === COMPUTE METHODS === #

    def _compute_rule_count(self):
        counts = dict(
            self.env['referral.rule']._read_group(
                [('program_id', 'in', self.ids)], ['program_id'], ['__count']
            )
        )
        for program in self:
            program.rule_count = counts.get(program, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains('landing_path')
    def _check_landing_path(self):
        for program in self:
            path = program.landing_path
            if path and get_local_path(path, default=None) is None:
                raise ValidationError(
                    self.env._("The landing page is a page of this site and begins with “/”.")
                )

    # === ACTION METHODS === #

    def action_view_rules(self):
        """Open the rules of the programme."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_referral.referral_rule_action'
        )
        return action | {
            'domain': [('program_id', '=', self.id)],
            'context': {'default_program_id': self.id},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _create_missing(self, companies):
        """Give companies a programme, with the usual rates, unless they have one."""
        # sudo: referral.program - whoever makes a company need not manage referrals
        programs_sudo = self.sudo().with_context(active_test=False)
        known = programs_sudo.search([('company_id', 'in', companies.ids)]).company_id
        landing = '/' if 'website' in self.env else '/web/signup'
        created = programs_sudo.create(
            [
                {
                    'name': self.env._("Recommend us"),
                    'company_id': company.id,
                    'landing_path': landing,
                }
                for company in companies - known
            ]
        )
        for code, _name in self.env['res.lang'].get_installed():
            speaking = created.with_context(lang=code)
            speaking.name = speaking.env._("Recommend us")
        return created

    @api.model
    def _get_for(self, company=None):
        """Return the running programme of a company as superuser; empty when there is none."""
        # sudo: referral.program - its rates decide on sales of whoever sells
        return self.sudo().search([('company_id', '=', (company or self.env.company).id)], limit=1)

    def _get_engine_rules(self, affiliates, products):
        """Return all rules that may fit, for the calculation; the programme itself is the last.

        :param affiliates: ``res.partner`` on all levels
        :param products: ``product.product`` of the sale
        """
        self.ensure_one()
        rules = self.env['referral.rule'].search(
            self.env['referral.rule']._get_candidate_domain(self, affiliates, products)
        )
        return [*(rule._prepare_engine_rule() for rule in rules), self._prepare_engine_rule()]

    def _prepare_engine_rule(self):
        return Rule(rates=self._get_engine_rates(), max_renewals=self.max_renewals)

    def _get_reviewer(self):
        """Return who reviews what looks odd."""
        self.ensure_one()
        if self.user_id:
            return self.user_id
        group = self.env.ref('aftercare_referral.aftercare_referral_group_manager')
        users = group.all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        return users.sorted('id')[:1]

    def _describe_rates(self, affiliate):
        """Return what an affiliate reads of his rates where no product has its own.

        :return: a list of (kind, rate, rate of level 2 or False), in percent
        """
        self.ensure_one()
        rules = self._get_engine_rules(affiliate, self.env['product.product'])
        case = self.env['referral.commission']._prepare_case(affiliate, self.env['product.product'])
        rule, _limit = choose([rule for rule in rules if not rule.is_fixed], case)
        labels = {'purchase': self.env._("First purchase"), 'renewal': self.env._("Renewal")}
        own = [
            (label, *(f'{rate.normalize():f}' for rate in rule.rates[kind]))
            for kind, label in labels.items()
        ]
        return [
            (label, rate if rate != '0' else False, self.levels > 1 and second != '0' and second)
            for label, rate, second in own
        ]
