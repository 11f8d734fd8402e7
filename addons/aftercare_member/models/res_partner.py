import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class ResPartner(models.Model):
    _inherit = 'res.partner'

    is_member = fields.Boolean(string="Member", copy=False)
    member_number = fields.Char(
        copy=False,
        readonly=True,
        help="Given once and never changed, not even by a new membership.",
    )
    member_since = fields.Datetime(copy=False)
    member_timeline = fields.Html(
        compute='_compute_member_timeline', groups='aftercare_base.aftercare_base_group_user'
    )
    external_ref_ids = fields.One2many(
        'member.external.ref', 'partner_id', string="External References"
    )
    _member_number_uniq = models.UniqueIndex(
        '(member_number) WHERE member_number IS NOT NULL', "This member number is taken."
    )
    _member_since_idx = models.Index('(member_since DESC, id DESC) WHERE is_member')

    # === COMPUTE METHODS === #

    @api.depends(
        'member_since', 'agent_id', 'region_corrected_date', 'terms_accepted_date', 'grade_id'
    )
    def _compute_member_timeline(self):
        for partner in self:
            origin = partner._origin
            events = origin._get_member_events() if origin else []
            events.sort(key=lambda event: event['date'], reverse=True)
            partner.member_timeline = (
                self.env['ir.qweb']._render('aftercare_member.member_timeline', {'events': events})
                if events
                else False
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_membership(vals) for vals in vals_list]
        joining = [vals for vals in vals_list if vals.get('is_member')]
        unnumbered = [vals for vals in joining if not vals.get('member_number')]
        numbers = self._get_next_member_numbers(len(unnumbered))
        for vals, number in zip(unnumbered, numbers, strict=True):
            vals['member_number'] = number
        partners = super().create(vals_list)
        partners.filtered('is_member')._assign_member_agents()
        return partners

    @api.model
    def _prepare_membership(self, vals):
        """Return a copy of the values of a new contact that says whether and since when it is a
        member. The default of the Members menu is not meant for the contacts of a new member."""
        vals = dict(vals)
        if 'is_member' not in vals and not vals.get('parent_id'):
            vals['is_member'] = bool(self.env.context.get('default_is_member'))
        vals.setdefault('is_member', False)
        if vals['is_member']:
            vals['member_since'] = vals.get('member_since') or fields.Datetime.now()
            if not self.env.su and self.env.user._is_limited_to_own_customers():
                # whoever sees own members only could not even see one of somebody else
                vals['agent_id'] = vals.get('agent_id') or self.env.user.service_agent_id.id
        return vals

    def write(self, vals):
        if 'member_number' in vals:
            for partner in self:
                if partner.member_number not in (False, vals['member_number']):
                    raise UserError(self.env._("A member number is given once and for all."))
        joining = (
            self.filtered(lambda p: not p.is_member) if vals.get('is_member') else self.browse()
        )
        result = super().write(vals)
        joining._complete_membership()
        return result

    # === ACTION METHODS === #

    def action_make_member(self):
        """Make contacts members; those who are already keep number and date."""
        self.filtered(lambda p: not p.is_member).is_member = True

    def action_end_membership(self):
        """Take contacts out of the members; they keep their number in case they return."""
        self.is_member = False

    # === BUSINESS METHODS: membership === #

    def _complete_membership(self):
        """Give contacts that become members their number, date and agent; what they have from an
        earlier membership stays."""
        unnumbered = self.filtered(lambda p: not p.member_number)
        numbers = self._get_next_member_numbers(len(unnumbered))
        for partner, number in zip(unnumbered, numbers, strict=True):
            partner.member_number = number
        self.filtered(lambda p: not p.member_since).member_since = fields.Datetime.now()
        self._assign_member_agents()

    @api.model
    def _get_next_member_numbers(self, count):
        """Return as many free member numbers of the current company's sequence, in one query.

        Numbers are unique over all companies, so a number another company has given is passed.
        """
        if not count:
            return []
        # sudo: ir.sequence - whoever may create a member may take the next number
        sequence_sudo = (
            self.env['ir.sequence']
            .sudo()
            .search(
                [
                    ('code', '=', 'res.partner.member'),
                    ('company_id', 'in', [self.env.company.id, False]),
                ],
                order='company_id',
                limit=1,
            )
        )
        if not sequence_sudo:
            _logger.warning("Members get no number: there is no sequence res.partner.member")
            return [False] * count
        numbers = []
        while missing := count - len(numbers):
            if sequence_sudo.implementation == 'standard' and not sequence_sudo.use_date_range:
                drawn = self.env.execute_query(
                    SQL(
                        "SELECT nextval(%s) FROM generate_series(1, %s)",
                        f'ir_sequence_{sequence_sudo.id:03d}',
                        missing,
                    )
                )
                drawn = [sequence_sudo.get_next_char(number) for (number,) in drawn]
            else:
                drawn = [sequence_sudo.next_by_id() for _i in range(missing)]
            # sudo: res.partner - numbers of members the user may not see are taken as well
            taken_sudo = self.sudo().with_context(active_test=False)
            taken_sudo = taken_sudo.search_fetch(
                [('member_number', 'in', drawn)], ['member_number']
            )
            taken = set(taken_sudo.mapped('member_number'))
            numbers += [number for number in drawn if number not in taken]
        return numbers

    def _release_member_number(self):
        """Take the number from members who are about to be merged into another one."""
        self.flush_recordset(['member_number'])
        self.env.execute_query(
            SQL("UPDATE res_partner SET member_number = NULL WHERE id = ANY(%s)", self.ids)
        )
        self.invalidate_recordset(['member_number'])

    def _assign_member_agents(self):
        """Give members without agent one by rule. Becoming a member never fails on this.

        Another transaction that takes the same agent this very moment puts it off to the
        scheduled action, which runs at once; any other trouble makes it the default agent.

        :return: the members that have an agent now and had none before
        """
        waiting = self.filtered(lambda p: not p.agent_id)
        if not waiting:
            return waiting
        # sudo: service.assignment - explains the choice, nobody writes it by hand
        agent_sudo = self.env['service.agent'].sudo()
        try:
            with self.env.cr.savepoint():
                agent_sudo._assign_partner(waiting.sudo())
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.ref('aftercare_member.ir_cron_assign_agents')._trigger()
        except Exception:
            _logger.warning("No agent could be chosen for %s", waiting, exc_info=True)
            waiting.sudo().agent_id = agent_sudo.search([('is_default', '=', True)], limit=1)
        return waiting.filtered('agent_id')

    @api.model
    def _cron_assign_agents(self, batch_size=500):
        """Give the members who are still without agent one, and tell the agent."""
        domain = [('is_member', '=', True), ('agent_id', '=', False)]
        last_id = 0
        while self.env['service.agent'].search_count([], limit=1):
            members = self.search([*domain, ('id', '>', last_id)], order='id', limit=batch_size)
            if not members:
                break
            last_id = members[-1].id
            assigned = members._assign_member_agents()
            self.env['notification.event']._notify('member_assigned', assigned)
            remaining = self.search_count([*domain, ('id', '>', last_id)])
            if not self.env['ir.cron']._commit_progress(len(members), remaining=remaining):
                break

    # === BUSINESS METHODS: glance === #

    def _get_member_events(self):
        """Return what happened to a member, for the timeline; other addons add theirs.

        :return: list of dicts ``date`` (naive UTC datetime), ``icon`` (Font Awesome class),
            ``title`` and, may be missing, ``text``
        """
        self.ensure_one()
        if not self.is_member:
            return []
        # sudo: service.assignment, res.users, member.import.line - whoever sees the member may
        # know where it comes from
        partner_sudo = self.sudo()
        assignments_sudo = partner_sudo.env['service.assignment'].search(
            [('res_model', '=', self._name), ('res_id', '=', self.id), ('agent_id', '!=', False)]
        )
        lines_sudo = partner_sudo.env['member.import.line'].search([('partner_id', '=', self.id)])
        users_sudo = partner_sudo.user_ids
        events = [
            (self.member_since, 'fa-id-card-o', self.env._("Became a member"), None),
            (self.terms_accepted_date, 'fa-check-square-o', self.env._("Accepted the terms"), None),
            (self.region_corrected_date, 'fa-map-marker', self.env._("Corrected the region"), None),
            *(
                (each.create_date, 'fa-headphones', each.agent_id.name, each.reason)
                for each in assignments_sudo
            ),
            *(
                (line.create_date, 'fa-upload', line.import_id.name, line.import_id.source)
                for line in lines_sudo
            ),
            *(
                (user.create_date, 'fa-key', self.env._("Got a portal account"), user.login)
                for user in users_sudo
            ),
            *(
                (user.login_date, 'fa-sign-in', self.env._("Was last seen"), None)
                for user in users_sudo
            ),
        ]
        return [
            dict(zip(('date', 'icon', 'title', 'text'), event, strict=True))
            for event in events
            if event[0]
        ]

    # === BUSINESS METHODS: notification === #

    def _notification_get_recipients(self, audience):
        """Override of `aftercare_notification`: the agent of a member is his own one."""
        if audience == 'agent':
            return {partner.id: partner.agent_id.partner_id for partner in self}
        return super()._notification_get_recipients(audience)

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: customers find what concerns them in the portal."""
        return '/my' if audience == 'customer' else super()._notification_get_url(partner, audience)
