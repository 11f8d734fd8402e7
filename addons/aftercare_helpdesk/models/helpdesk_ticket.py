from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

TITLE_LENGTH = 255
# What upstream stamps on every write, whatever the caller gave.
STAMPS = ('assigned_date', 'closed_date', 'last_stage_update')


class HelpdeskTicket(models.Model):
    _name = 'helpdesk.ticket'
    _inherit = ['helpdesk.ticket', 'notification.mixin']
    _order = 'priority desc, sequence, id desc'
    # The mail gateway counts the tickets of an address in here to notice loops.
    _primary_email = 'partner_email'

    name = fields.Char(index='trigram')
    number = fields.Char(index='trigram', copy=False)
    partner_id = fields.Many2one(string="Customer", index='btree_not_null', tracking=True)
    commercial_partner_id = fields.Many2one(index='btree_not_null')
    company_id = fields.Many2one(index=True)
    category_id = fields.Many2one(index='btree_not_null')
    type_id = fields.Many2one(index='btree_not_null', tracking=True)
    team_id = fields.Many2one(tracking=True)
    duplicate_id = fields.Many2one(index='btree_not_null')
    priority = fields.Selection(
        selection=[
            ('0', "Normal"),
            ('1', "Important"),
            ('2', "Urgent"),
            ('3', "Immediate"),
        ],
        default='0',
        tracking=True,
    )
    # Stored, so that lists, counters and indexes can be limited to open tickets.
    closed = fields.Boolean(store=True)
    is_cancelled = fields.Boolean(related='stage_id.is_cancelled', store=True)
    is_waiting = fields.Boolean(related='stage_id.is_waiting')
    origin_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Follow-up of",
        index='btree_not_null',
        copy=False,
        readonly=True,
        help="The closed ticket the customer came back to.",
    )
    follow_up_ids = fields.One2many(
        comodel_name='helpdesk.ticket', inverse_name='origin_id', string="Follow-ups"
    )
    # Nobody has rated a new ticket: before it is stored, the database need not be asked.
    rating_last_value = fields.Float(
        compute='_compute_rating_last_value', store=True, precompute=True
    )
    positive_rate_percentage = fields.Integer(
        compute='_compute_percentage', store=True, precompute=True
    )
    partner_open_count = fields.Integer(
        string="Other Open Tickets", compute='_compute_partner_open_count'
    )

    is_team_automatic = fields.Boolean(compute='_compute_is_team_automatic')
    is_type_required = fields.Boolean(related='team_id.is_type_required')
    available_type_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.type', compute='_compute_available_type_ids'
    )

    # The order of the lists, then the columns by which every screen of open tickets counts.
    _list_idx = models.Index('(priority DESC, sequence, id DESC)')
    _open_list_idx = models.Index('(priority DESC, sequence, id DESC) WHERE closed IS NOT TRUE')
    _open_new_idx = models.Index('(id) WHERE closed IS NOT TRUE')
    _open_stage_idx = models.Index(
        '(stage_id, priority DESC, sequence, id DESC) WHERE closed IS NOT TRUE'
    )
    _open_turn_idx = models.Index(
        '(stage_id, reply_state) INCLUDE (team_id, user_id, company_id, active)'
        ' WHERE closed IS NOT TRUE'
    )
    _open_desk_idx = models.Index(
        '(user_id, team_id, reply_state, priority) INCLUDE (company_id, active)'
        ' WHERE closed IS NOT TRUE'
    )
    _create_date_idx = models.Index('(create_date) INCLUDE (team_id, company_id, active)')
    _closed_date_idx = models.Index(
        '(closed_date) INCLUDE (user_id, team_id, company_id, active) WHERE closed_date IS NOT NULL'
    )

    # === DEFAULT METHODS === #

    @api.model
    def default_get(self, fields):
        """Override of `helpdesk_mgmt`: a team that assigns by rule proposes nobody."""
        defaults = super().default_get(fields)
        context = self.env.context
        user = self.env.user
        if 'team_id' in fields and not defaults.get('team_id') and 'default_team_id' not in context:
            defaults['team_id'] = user.helpdesk_team_ids[:1].id
        if 'user_id' in fields and 'default_user_id' not in context:
            team = self.env['helpdesk.ticket.team'].browse(defaults.get('team_id') or ())
            company = self.env['res.company'].browse(defaults.get('company_id') or ())
            defaults['user_id'] = self._get_default_user(team, company or self.env.company).id
        return defaults

    @api.model
    def _get_default_user(self, team, company):
        """Return who a new ticket belongs to before any rule: the author, where he may be."""
        user = self.env.user
        if (
            not company.sudo().helpdesk_mgmt_ticket_auto_assign
            or team._is_automatic()
            or not user._is_internal()
            or user._is_superuser()
            or (team and user not in team.user_ids)
        ):
            return self.env['res.users']
        return user

    # === COMPUTE METHODS === #

    @api.depends('number', 'name')
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = ' - '.join(filter(None, (ticket.number, ticket.name)))

    @api.depends('commercial_partner_id', 'closed')
    def _compute_partner_open_count(self):
        customers = self.commercial_partner_id
        counts = dict(
            self._read_group(
                [('commercial_partner_id', 'in', customers.ids), ('closed', '=', False)],
                ['commercial_partner_id'],
                ['__count'],
            )
            if customers
            else ()
        )
        for ticket in self:
            count = counts.get(ticket.commercial_partner_id, 0)
            counts_itself = bool(count and ticket._origin and not ticket.closed)
            ticket.partner_open_count = count - counts_itself

    @api.depends('team_id.assignment_method')
    def _compute_is_team_automatic(self):
        for ticket in self:
            ticket.is_team_automatic = ticket.team_id._is_automatic()

    @api.depends('team_id.type_ids')
    def _compute_available_type_ids(self):
        """The types the team is limited to, or all of them."""
        types = self.env['helpdesk.ticket.type'].search([])
        for ticket in self:
            ticket.available_type_ids = ticket.team_id.type_ids & types or types

    @api.depends('rating_ids.rating')
    def _compute_percentage(self):
        """Override of `helpdesk_mgmt_rating`: one query for all instead of one per ticket."""
        grades = {ticket: [] for ticket in self}
        if self.ids:
            for res_id, rating, count in self.env['rating.rating']._read_group(
                self._rating_domain() & Domain('rating', '>=', 1),
                ['res_id', 'rating'],
                ['__count'],
            ):
                grades[self.browse(res_id)] += [rating >= 4] * count
        for ticket in self:
            happy = grades[ticket]
            ticket.positive_rate_percentage = 100 * sum(happy) // len(happy) if happy else -1

    # === ONCHANGE METHODS === #

    @api.onchange('type_id')
    def _onchange_type_id(self):
        """Override of `helpdesk_type`: a team without types of its own takes them all."""
        types = self.team_id.type_ids
        if self.type_id and types and self.type_id not in types:
            self.team_id = False
            self.user_id = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `helpdesk_mgmt`: as many queries for a hundred tickets as for one."""
        vals_list = self._prepare_create_vals(vals_list)
        assignments = self._choose_for_values(vals_list)
        creating = self.with_context(
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            # for messages posted meanwhile, only what the caller asked for
            mail_post_autofollow_author_skip=self.env.context.get(
                'mail_post_autofollow_author_skip',
                self.env.context.get('mail_create_nosubscribe', False),
            ),
            aftercare_helpdesk_creating=True,
        )
        tickets = super(HelpdeskTicket, creating).create(vals_list).with_env(self.env)
        tickets._bind_assignments(assignments)
        tickets._log_creation(tickets._subscribe_new())
        tickets._raise_events(
            {'ticket_created': tickets, 'ticket_assigned': tickets.filtered('user_id')}
        )
        return tickets

    @api.model
    def _prepare_create_vals(self, vals_list):
        """Return copies of the values with all that upstream would look up ticket by ticket."""
        context = self.env.context
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            for name in ('team_id', 'user_id', 'stage_id', 'company_id', 'partner_id'):
                if name not in vals and f'default_{name}' in context:
                    vals[name] = context[f'default_{name}']
        Team = self.env['helpdesk.ticket.team']
        Partner = self.env['res.partner']
        partner_ids = {vals['partner_id'] for vals in vals_list if vals.get('partner_id')}
        partner_ids.add(self.env.user.partner_id.id)
        partners = Partner.browse(partner_ids)
        first_stages = {}
        unnumbered = {}
        for vals in vals_list:
            company_id = vals.get('company_id') or self.env.company.id
            if 'user_id' in vals and not vals.get('team_id') and 'team_id' not in vals:
                user = self.env['res.users'].browse(vals['user_id'] or ())
                vals['team_id'] = user.sudo().helpdesk_team_ids[:1].id
            team = Team.browse(vals.setdefault('team_id', False) or ())
            vals['company_id'] = team.sudo().company_id.id or company_id
            company = self.env['res.company'].browse(vals['company_id'])
            if 'user_id' not in vals:
                vals['user_id'] = self._get_default_user(team, company).id
            if not vals.get('stage_id'):
                key = (team, company)
                if key not in first_stages:
                    first_stages[key] = team.with_company(company)._get_applicable_stages()[:1]
                vals['stage_id'] = first_stages[key].id
            is_closed = self.env['helpdesk.ticket.stage'].browse(vals['stage_id']).closed
            if is_closed and not vals.get('closed_date'):
                vals['closed_date'] = fields.Datetime.now()
            measures = self._get_initial_measures(is_closed, bool(vals['user_id']))
            vals.update({name: value for name, value in measures.items() if name not in vals})
            if vals.get('partner_id'):
                partner = Partner.browse(vals['partner_id']).with_prefetch(partners._ids).sudo()
                if not vals.get('partner_name'):
                    vals['partner_name'] = partner.name
                if not vals.get('partner_email'):
                    vals['partner_email'] = partner.email
            vals['name'] = (vals.get('name') or '').strip()[:TITLE_LENGTH]
            if vals.get('number', '/') == '/':
                unnumbered.setdefault(company, []).append(vals)
        for company, company_vals_list in unnumbered.items():
            numbers = self._draw_numbers(company, len(company_vals_list))
            for vals, number in zip(company_vals_list, numbers, strict=True):
                vals['number'] = number
        return vals_list

    @api.model
    def _draw_numbers(self, company, count):
        """Return ``count`` new ticket numbers of a company."""
        # sudo: ir.sequence - whoever may create a ticket may number it
        sequence = (
            self.env['ir.sequence']
            .sudo()
            .search_fetch(
                [
                    ('code', '=', 'helpdesk.ticket.sequence'),
                    ('company_id', 'in', [company.id, False]),
                ],
                ['implementation', 'use_date_range', 'prefix', 'suffix', 'padding'],
                order='company_id',
                limit=1,
            )
        )
        if not sequence or sequence.implementation != 'standard' or sequence.use_date_range:
            return [self._prepare_ticket_number({'company_id': company.id}) for _ in range(count)]
        rows = self.env.execute_query(
            SQL(
                'SELECT nextval(%s) FROM generate_series(1, %s)',
                f'ir_sequence_{sequence.id:03d}',
                count,
            )
        )
        return [sequence.get_next_char(value) for [value] in rows]

    def write(self, vals):
        """Override of `helpdesk_mgmt`: keep the caller's values, act on what really changed."""
        vals = dict(vals)
        if vals.get('stage_id'):
            # Upstream stamps the dates again, and asks for a rating, even if the stage is the same.
            unmoved = self.filtered(lambda ticket: ticket.stage_id.id == vals['stage_id'])
            if unmoved:
                rest = {name: value for name, value in vals.items() if name != 'stage_id'}
                moved = self - unmoved
                return (unmoved.write(rest) if rest else True) and (
                    moved.write(vals) if moved else True
                )
        if vals.get('name'):
            vals['name'] = vals['name'].strip()[:TITLE_LENGTH]
        stamps = {name: vals[name] for name in STAMPS if name in vals}
        before = {ticket: (ticket.closed, ticket.user_id, ticket.team_id) for ticket in self}
        result = super().write(vals)
        if stamps:
            super().write(stamps)
        self._after_write(before, stamps)
        return result

    def _after_write(self, before, stamps):
        """Act on the tickets that were closed, reopened, moved to a team or given to somebody.

        :param dict before: ticket → (closed, user, team) before the write
        :param dict stamps: dates the caller has set himself
        """
        closed = self.filtered(lambda ticket: ticket.closed and not before[ticket][0])
        reopened = self.filtered(lambda ticket: not ticket.closed and before[ticket][0])
        assigned = self.filtered(
            lambda ticket: ticket.user_id and ticket.user_id != before[ticket][1]
        )
        moved = self.filtered(lambda ticket: ticket.team_id != before[ticket][2])
        if closed:
            closed._on_close(stamps)
        if reopened:
            reopened._on_reopen()
        if assigned:
            assigned._on_assign()
        if moved:
            moved._assign_by_rule()

    def _on_close(self, stamps):
        """Hook called on tickets that have just been closed."""
        self._stop_measures()
        if 'closed_date' not in stamps:
            # A change of team may have closed the ticket without upstream noticing it.
            self._set_measures({'closed_date': fields.Datetime.now()})
        self._raise_event('ticket_closed')

    def _on_reopen(self):
        """Hook called on closed tickets that have just been opened again."""
        self._set_measures({'closed_date': False})
        self._resume_measures()

    def _on_assign(self):
        """Hook called on tickets that have just been given to somebody."""
        self._measure_assignment()
        self._raise_event('ticket_assigned')

    @api.model
    def _get_belongings(self):
        """Return what goes along when a ticket becomes part of another one. Addons add theirs.

        :return: dict: name of a model → its field that points at the ticket
        """
        return {}

    def _get_users_kept_out(self):
        """Return the ``res.users`` who may have no part in the tickets. Addons add theirs."""
        return self.env['res.users']

    def _prepare_part(self):
        """Return the values a ticket has that is split off from this one. Addons add theirs."""
        self.ensure_one()
        return {
            'company_id': self.company_id.id,
            'category_id': self.category_id.id,
            'channel_id': self.channel_id.id,
            'priority': self.priority,
        }

    def copy(self, default=None):
        """Override of `helpdesk_mgmt`: many tickets, and the caller's default kept."""
        copies = [super(HelpdeskTicket, ticket).copy(dict(default or {})) for ticket in self]
        return self.browse().union(*copies)

    # === ACTION METHODS === #

    def action_resolve(self):
        """Close the tickets in the first closing stage of their team that is no cancellation."""
        for team, tickets in (
            self.filtered(lambda ticket: not ticket.closed).grouped('team_id').items()
        ):
            stage = team._find_stage(lambda stage: stage.closed and not stage.is_cancelled)
            tickets.stage_id = stage
        return True

    def action_reopen(self):
        """Open closed tickets again, in the stage their team goes on with."""
        for team, tickets in self.filtered('closed').grouped('team_id').items():
            tickets.stage_id = team._get_reopen_stage()
        return True

    def action_reply(self):
        """Open the composer with the customer as recipient."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Reply"),
            'res_model': 'mail.compose.message',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_model': self._name,
                'default_res_ids': self.ids,
                'default_composition_mode': 'comment',
                'default_partner_ids': self.partner_id.ids,
                'default_email_layout_xmlid': 'mail.mail_notification_light',
            },
        }

    def action_view_partner_tickets(self):
        """List the open tickets of the customer."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'helpdesk_mgmt.helpdesk_ticket_action'
        )
        return {
            **action,
            'domain': [('commercial_partner_id', '=', self.commercial_partner_id.id)],
            'context': {'search_default_open': 1, 'default_partner_id': self.partner_id.id},
        }

    def action_view_follow_ups(self):
        """List the tickets the customer came back with."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Follow-ups of %(number)s", number=self.number),
            'res_model': self._name,
            'view_mode': 'list,form',
            'domain': [('origin_id', '=', self.id)],
        }
