import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..tools.identity import mask_name
from ..tools.links import normalize_code

# No vowels and nothing that is read as something else, so that no code is a word or a riddle.
CODE_ALPHABET = '23456789BCDFGHJKMNPQRSTVWXZ'
CODE_LENGTH = 7
MAX_DEPTH = 1000


class ResPartner(models.Model):
    _inherit = 'res.partner'

    is_affiliate = fields.Boolean(
        string="Affiliate",
        copy=False,
        help="Earns commissions by the customers he brought. Off: earns nothing more.",
    )
    affiliate_since = fields.Datetime(copy=False, readonly=True)
    affiliate_requested_date = fields.Datetime(
        string="Asked to Take Part", copy=False, readonly=True
    )
    referral_code = fields.Char(
        copy=False, help="Part of the link of the affiliate; customers may type it as well."
    )
    referral_url = fields.Char(string="Referral Link", compute='_compute_referral_url')
    referrer_id = fields.Many2one(
        'res.partner',
        string="Brought By",
        copy=False,
        index='btree_not_null',
        ondelete='set null',
        help="Who brought this customer. Fixed at the registration.",
    )
    referrer_date = fields.Datetime(string="Brought On", copy=False, readonly=True)
    referral_path = fields.Char(
        copy=False, readonly=True, help="Who brought the customer, and who brought that one, …"
    )
    referral_ids = fields.One2many('res.partner', 'referrer_id', string="Referrals")
    referral_attribution_ids = fields.One2many('referral.attribution', 'partner_id')

    _referral_code_uniq = models.UniqueIndex(
        '(referral_code) WHERE referral_code IS NOT NULL',
        "Another affiliate has this code already.",
    )
    _referral_path_idx = models.Index(
        '(referral_path text_pattern_ops) WHERE referral_path IS NOT NULL'
    )
    _is_affiliate_idx = models.Index('(id) WHERE is_affiliate')

    # === COMPUTE METHODS === #

    @api.depends('referral_code')
    def _compute_referral_url(self):
        for partner in self:
            code = partner.referral_code
            partner.referral_url = code and f'{partner.get_base_url()}/r/{code}'

    # === CONSTRAINT METHODS === #

    @api.constrains('referral_code')
    def _check_referral_code(self):
        for partner in self:
            code = partner.referral_code
            if code and normalize_code(code) != code:
                raise ValidationError(
                    self.env._(
                        "A referral code has 4 to 20 letters A–Z and digits: %(code)s has not.",
                        code=code,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_referral_values(vals) for vals in vals_list]
        partners = super().create(vals_list)
        partners.filtered('is_affiliate')._complete_affiliates()
        partners.filtered('referrer_id')._complete_referral('staff')
        return partners

    @api.model
    def _prepare_referral_values(self, vals):
        """Return a copy of the values of a new contact that says since when it was brought."""
        vals = dict(vals)
        if vals.get('referrer_id'):
            self._check_may_set_referrer()
            vals.setdefault('referrer_date', fields.Datetime.now())
        if vals.get('referral_code'):
            vals['referral_code'] = str(vals['referral_code']).upper()
        return vals

    def write(self, vals):
        """Who brought a customer is changed by a manager who says why, and by nobody else."""
        moved = self.browse()
        if 'referrer_id' in vals:
            moved = self.filtered(lambda partner: partner.referrer_id.id != vals['referrer_id'])
            if moved:
                self._check_may_set_referrer()
                if any(moved.mapped('referrer_id')) and not self.env.su:
                    raise UserError(
                        self.env._(
                            "Who brought a customer is fixed. A manager can change it and say why: "
                            "“Change Referrer”."
                        )
                    )
                vals = {'referrer_date': vals['referrer_id'] and fields.Datetime.now(), **vals}
        if vals.get('referral_code'):
            vals = {**vals, 'referral_code': str(vals['referral_code']).upper()}
        result = super().write(vals)
        if vals.get('is_affiliate'):
            self._complete_affiliates()
        moved._complete_referral('staff')
        return result

    @api.model
    def _check_may_set_referrer(self):
        if not self.env.su and not self.env.user.has_group(
            'aftercare_referral.aftercare_referral_group_manager'
        ):
            raise AccessError(self.env._("Only referral managers say who brought a customer."))

    # === ACTION METHODS === #

    def action_admit_affiliate(self):
        """Let customers earn commissions."""
        self.filtered(lambda partner: not partner.is_affiliate).is_affiliate = True

    def action_suspend_affiliate(self):
        """Let affiliates earn nothing more; what they have earned is theirs."""
        self.is_affiliate = False

    def action_change_referrer(self):
        """Open the dialog in which a manager says who brought a customer, and why."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Change Referrer"),
            'res_model': 'referral.referrer.change',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_partner_id': self.commercial_partner_id.id},
        }

    def action_view_referrals(self):
        """Open the customers whom the affiliate brought."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_referral.res_partner_action_referral'
        )
        return action | {'domain': [('referrer_id', '=', self.id)], 'context': {}}

    def action_view_commissions(self):
        """Open the commissions of the affiliate."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_referral.referral_commission_action'
        )
        return action | {'domain': [('beneficiary_id', '=', self.id)], 'context': {}}

    def action_view_statements(self):
        """Open the statements of the affiliate."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_referral.referral_statement_action'
        )
        return action | {'domain': [('partner_id', '=', self.id)], 'context': {}}

    # === BUSINESS METHODS: affiliates === #

    def _complete_affiliates(self):
        """Give new affiliates their code and date."""
        for partner in self:
            vals = {}
            if not partner.referral_code:
                vals['referral_code'] = self._get_free_code()
            if not partner.affiliate_since:
                vals['affiliate_since'] = fields.Datetime.now()
            if vals:
                partner.write(vals)

    @api.model
    def _get_free_code(self):
        # sudo: res.partner - codes of contacts the user may not see are taken as well
        partners_sudo = self.sudo().with_context(active_test=False)
        while True:
            code = ''.join(secrets.choice(CODE_ALPHABET) for _index in range(CODE_LENGTH))
            if not partners_sudo.search_count([('referral_code', '=', code)], limit=1):
                return code

    @api.model
    def _find_by_referral_code(self, text):
        """Return the active affiliate who has a code, as superuser; empty when there is none.

        :param str text: as typed or as in a link; anything
        """
        code = normalize_code(text)
        # sudo: res.partner - whoever has a code may follow it
        partners_sudo = self.sudo()
        if not code:
            return partners_sudo.browse()
        return partners_sudo.search(
            [('referral_code', '=', code), ('is_affiliate', '=', True)], limit=1
        )

    def _join_program(self, program):
        """Let a customer take part as the programme says, unless staff has put him out.

        :return: whether he takes part now
        """
        self.ensure_one()
        if not self.is_affiliate and not self.affiliate_since:
            if program.enrolment == 'automatic':
                self.is_affiliate = True
            elif program.enrolment == 'request' and not self.affiliate_requested_date:
                self.affiliate_requested_date = fields.Datetime.now()
        return self.is_affiliate

    def _is_earning(self):
        """Tell whether a sale of this moment brings the affiliate something."""
        self.ensure_one()
        return self.active and self.is_affiliate

    def _get_masked_name(self):
        """Return a name by which the affiliate knows his customer, and nobody else."""
        self.ensure_one()
        return mask_name(self.name or self.email)

    # === BUSINESS METHODS: who brought whom === #

    def _set_referrer(self, referrer, origin, reason='', **details):
        """Say who brought a customer, and note how that came.

        :param referrer: ``res.partner``, may be empty
        :param str origin: a key of ``referral.attribution.origin``
        :param details: further values of the note
        :return: ``referral.attribution`` as superuser
        :raises UserError: when somebody would have brought himself, however indirectly
        """
        self.ensure_one()
        # sudo: res.partner, referral.attribution - visitors register, the trail is nobody's to write
        customer_sudo = self.commercial_partner_id.sudo()
        referrer_sudo = referrer.commercial_partner_id.sudo()
        previous_sudo = customer_sudo.referrer_id
        if referrer_sudo == previous_sudo:
            return customer_sudo.env['referral.attribution']
        customer_sudo.write({'referrer_id': referrer_sudo.id})
        return customer_sudo.env['referral.attribution'].create(
            {
                'partner_id': customer_sudo.id,
                'referrer_id': referrer_sudo.id,
                'previous_referrer_id': previous_sudo.id,
                'origin': origin,
                'reason': reason,
                'user_id': self.env.uid,
                **details,
            }
        )

    def _complete_referral(self, origin):
        """Place customers under who brought them; whoever did it by hand leaves a note."""
        for partner in self:
            partner._update_referral_path()
        if not self.env.su:
            # sudo: referral.attribution - the trail is nobody's to write
            self.env['referral.attribution'].sudo().create(
                [
                    {
                        'partner_id': partner.id,
                        'referrer_id': partner.referrer_id.id,
                        'origin': origin,
                        'user_id': self.env.uid,
                    }
                    for partner in self
                ]
            )

    def _update_referral_path(self):
        """Note the line of those who brought a customer, in his and in all below him."""
        self.ensure_one()
        self.env['res.partner'].flush_model(['referrer_id', 'referral_path'])
        referrer = self.referrer_id
        if referrer:
            self._check_referral_cycle()
        self.env.execute_query(
            SQL(
                """WITH RECURSIVE below(id, path, depth) AS (
                       SELECT %(id)s, %(path)s::varchar, 1
                    UNION ALL
                       SELECT p.id, COALESCE(below.path, '') || below.id || '/', below.depth + 1
                         FROM below JOIN res_partner p ON p.referrer_id = below.id
                        WHERE below.depth < %(depth)s
                ) UPDATE res_partner SET referral_path = below.path FROM below
                   WHERE res_partner.id = below.id
                     AND res_partner.referral_path IS DISTINCT FROM below.path
               RETURNING res_partner.id""",
                id=self.id,
                path=f'{referrer.referral_path or ""}{referrer.id}/' if referrer else None,
                depth=MAX_DEPTH,
            )
        )
        self.env['res.partner'].invalidate_model(['referral_path'])

    def _check_referral_cycle(self):
        """Refuse that somebody has brought himself, over however many others.

        The rows that the answer depends on are locked: two moves at once can not close a circle.
        """
        self.ensure_one()
        above = [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    """WITH RECURSIVE above(id, depth) AS (
                           SELECT %(referrer)s, 1
                        UNION
                           SELECT p.referrer_id, above.depth + 1 FROM above
                             JOIN res_partner p ON p.id = above.id
                            WHERE p.referrer_id IS NOT NULL AND above.depth < %(depth)s
                              AND above.id <> %(id)s
                    ) SELECT DISTINCT id FROM above""",
                    referrer=self.referrer_id.id,
                    id=self.id,
                    depth=MAX_DEPTH,
                )
            )
        ]
        if self.id in above:
            raise UserError(
                self.env._(
                    "%(referrer)s was brought by %(customer)s, directly or through others, so the "
                    "other way round is not possible.",
                    referrer=self.referrer_id.display_name,
                    customer=self.display_name,
                )
            )
        # only who has brought others himself can come to stand above somebody
        # sudo: res.partner - contacts that the user may not see count as well
        if self.env['res.partner'].sudo().search_count([('referrer_id', '=', self.id)], limit=1):
            self.browse([self.id, *above]).sorted('id').lock_for_update(allow_referencing=True)

    def _get_referral_chain(self, levels):
        """Return who earns by a sale to this customer, the direct referrer first.

        Whoever does not take part any more ends the chain: nobody moves up into his place.

        :param int levels: of the programme
        """
        self.ensure_one()
        chain, partner = [], self.commercial_partner_id
        while len(chain) < levels:
            partner = partner.referrer_id
            if not partner or not partner._is_earning():
                break
            chain.append(partner)
        return chain

    def _merge_referrals(self, others):
        """Take over the place of contacts that are about to be merged into this one.

        What points to them points to this one by now, which may have made it its own referrer.
        """
        self.ensure_one()
        self.env['res.partner'].flush_model(['referrer_id', 'referral_code'])
        family = self | others
        code = next(filter(None, family.mapped('referral_code')), False)
        referrers = (self.referrer_id | others.referrer_id) - family
        self.env.execute_query(
            SQL(
                """UPDATE res_partner SET referral_code = NULL, referrer_id = NULL
                    WHERE id IN %s RETURNING id""",
                family._ids,
            )
        )
        family.invalidate_recordset(['referral_code', 'referrer_id'])
        vals = {'referral_code': code}
        for referrer in referrers:
            if str(self.id) not in (referrer.referral_path or '').split('/'):
                vals['referrer_id'] = referrer.id
                break
        self.write(vals)
        self._update_referral_path()
