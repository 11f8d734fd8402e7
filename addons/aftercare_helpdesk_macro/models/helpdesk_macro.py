from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import is_html_empty


class HelpdeskMacro(models.Model):
    """What an agent does to tickets again and again: reply, note and values, in one click."""

    _name = 'helpdesk.macro'
    _description = "Helpdesk Macro"
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name='res.company')
    user_id = fields.Many2one(
        comodel_name='res.users',
        string="Only For",
        default=lambda self: self._default_user_id(),
        index='btree_not_null',
        help="A private macro. Everybody may use it if left empty.",
    )
    team_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.team',
        string="Teams",
        help="For tickets of these teams only. For all if left empty.",
    )
    reply_body = fields.Html(string="Reply to the Customer", translate=True)
    note_body = fields.Html(string="Internal Note", translate=True)
    is_previewed = fields.Boolean(
        string="Show Before Sending",
        help="Let the agent read and change the texts first.",
    )

    stage_id = fields.Many2one(comodel_name='helpdesk.ticket.stage', string="Set Stage")
    team_id = fields.Many2one(comodel_name='helpdesk.ticket.team', string="Move to Team")
    type_id = fields.Many2one(comodel_name='helpdesk.ticket.type', string="Set Type")
    category_id = fields.Many2one(comodel_name='helpdesk.ticket.category', string="Set Category")
    priority = fields.Selection(
        selection=lambda self: self.env['helpdesk.ticket']._get_priorities(),
        string="Set Priority",
    )
    tag_add_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.tag', relation='helpdesk_macro_tag_add_rel', string="Add Tags"
    )
    tag_remove_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.tag',
        relation='helpdesk_macro_tag_remove_rel',
        string="Remove Tags",
    )
    assignment = fields.Selection(
        selection=[
            ('me', "Who uses the macro"),
            ('agent', "A certain agent"),
            ('nobody', "Nobody"),
        ],
        string="Give To",
    )
    agent_user_id = fields.Many2one(
        comodel_name='res.users', string="Agent", domain=[('share', '=', False)]
    )

    summary = fields.Char(compute='_compute_summary')
    use_count = fields.Integer(string="Used", compute='_compute_use_count')
    placeholder_help = fields.Html(compute='_compute_placeholder_help', sanitize=False)

    # === DEFAULT METHODS === #

    @api.model
    def _default_user_id(self):
        """What an agent writes is his own, until a manager shares it."""
        if self.env.user.has_group('helpdesk_mgmt.group_helpdesk_manager'):
            return self.env['res.users']
        return self.env.user

    # === COMPUTE METHODS === #

    @api.depends(
        'reply_body', 'note_body', 'stage_id', 'team_id', 'type_id', 'category_id', 'priority',
        'tag_add_ids', 'tag_remove_ids', 'assignment', 'agent_user_id',
    )  # fmt: skip
    @api.depends_context('lang')
    def _compute_summary(self):
        for macro in self:
            macro.summary = " · ".join(macro._get_steps())

    def _get_steps(self):
        """Return what the macro does, each step in a few words."""
        self.ensure_one()
        steps = []
        if not is_html_empty(self.reply_body):
            steps.append(self.env._("Reply"))
        if not is_html_empty(self.note_body):
            steps.append(self.env._("Note"))
        steps += [self[name].display_name for name in self._get_value_fields() if self[name]]
        if self.priority:
            steps.append(
                dict(self._fields['priority']._description_selection(self.env))[self.priority]
            )
        steps += [f"+ {tag.name}" for tag in self.tag_add_ids]
        steps += [f"− {tag.name}" for tag in self.tag_remove_ids]
        if self.assignment == 'agent':
            steps.append(f"→ {self.agent_user_id.name or ''}")
        elif self.assignment:
            is_mine = self.assignment == 'me'
            steps.append(self.env._("Take") if is_mine else self.env._("Give back"))
        return steps

    def _compute_use_count(self):
        # sudo: helpdesk.macro.use - how often is no secret
        counts = dict(
            self.env['helpdesk.macro.use']
            .sudo()
            ._read_group([('macro_id', 'in', self.ids)], ['macro_id'], ['ticket_count:sum'])
        )
        for macro in self:
            macro.use_count = counts.get(macro._origin, 0)

    @api.depends_context('lang')
    def _compute_placeholder_help(self):
        self.placeholder_help = self.env['ir.qweb']._render(
            'aftercare_helpdesk_macro.placeholder_help',
            {
                'placeholders': [
                    (f'{{{{ {word} }}}}', meaning)
                    for word, (meaning, _get) in self._get_placeholders().items()
                ]
            },
        )

    # === CONSTRAINT METHODS === #

    @api.constrains('reply_body', 'note_body')
    def _check_placeholders(self):
        for macro in self:
            macro._parse_text(macro.reply_body)
            macro._parse_text(macro.note_body)

    @api.constrains('assignment', 'agent_user_id')
    def _check_agent_user_id(self):
        if self.filtered(lambda macro: macro.assignment == 'agent' and not macro.agent_user_id):
            raise UserError(self.env._("Choose the agent who gets the tickets."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: agents write macros for themselves."""
        for vals in vals_list:
            self._check_sharing(vals)
        return super().create(vals_list)

    def write(self, vals):
        """Override of `base`: agents write macros for themselves."""
        self._check_sharing(vals)
        return super().write(vals)

    @api.model
    def _check_sharing(self, vals):
        if (
            'user_id' in vals
            and vals['user_id'] != self.env.uid
            and not self.env.su
            and not self.env.user.has_group('helpdesk_mgmt.group_helpdesk_manager')
        ):
            raise AccessError(self.env._("Only helpdesk managers share macros with others."))

    def copy_data(self, default=None):
        """Override of `base`: a copy belongs to who makes it."""
        default = {'user_id': self._default_user_id().id, **(default or {})}
        return [
            {
                **vals,
                'name': vals['name'] if 'name' in default else self.env._("%s (copy)", macro.name),
            }
            for macro, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # === BUSINESS METHODS === #

    @api.model
    def _get_value_fields(self):
        """Return the fields that are set on tickets under the same name."""
        return ['team_id', 'type_id', 'category_id', 'stage_id']

    @api.model
    def _get_domain_for(self, tickets):
        """Return the domain of macros that can be used for all of some tickets."""
        domain = Domain.TRUE
        for team in tickets.team_id:
            domain &= Domain('team_ids', '=', False) | Domain('team_ids', 'in', team.ids)
        if any(not ticket.team_id for ticket in tickets):
            domain &= Domain('team_ids', '=', False)
        # Managers may see the private macros of others, but have no use for them.
        return (
            domain
            & Domain('user_id', 'in', [False, self.env.uid])
            & Domain('company_id', 'in', [False, *tickets.company_id.ids])
        )

    def _apply(self, tickets, reply=None, note=None):
        """Do to the tickets what the macro says, with no more than the user's own rights.

        :param tickets: ``helpdesk.ticket``
        :param reply: Markup the agent has changed, instead of the macro's
        :param note: likewise
        :raises UserError: if the macro cannot be used for one of the tickets: none is changed then
        """
        self.ensure_one()
        self.check_access('read')
        tickets.check_access('write')
        self._check_usable(tickets)
        values = self._prepare_values()
        stage = self.stage_id
        if values:
            tickets.write(values)
        self._assign(tickets)
        for ticket in tickets:
            self._post_note(
                ticket, self._render_text('note_body', ticket) if note is None else note
            )
            self._post_reply(
                ticket, self._render_text('reply_body', ticket) if reply is None else reply
            )
        if stage:
            self._check_stage(tickets)
            tickets.write({'stage_id': stage.id})
        # sudo: helpdesk.macro.use - written by who uses it, changed by nobody
        self.env['helpdesk.macro.use'].sudo().create(
            {'macro_id': self.id, 'user_id': self.env.uid, 'ticket_count': len(tickets)}
        )

    def _check_usable(self, tickets):
        if not tickets:
            raise UserError(self.env._("Choose at least one ticket."))
        if not self.active or not self.filtered_domain(self._get_domain_for(tickets)):
            raise UserError(
                self.env._("The macro “%(name)s” is not made for these tickets.", name=self.name)
            )

    def _prepare_values(self):
        """Return the values that are written before anything is said."""
        values = {
            name: self[name].id
            for name in self._get_value_fields()
            if self[name] and name != 'stage_id'
        }
        if self.priority:
            values['priority'] = self.priority
        tags = [Command.link(tag.id) for tag in self.tag_add_ids]
        tags += [Command.unlink(tag.id) for tag in self.tag_remove_ids - self.tag_add_ids]
        if tags:
            values['tag_ids'] = tags
        return values

    def _assign(self, tickets):
        """Give the tickets to whom the macro says."""
        if self.assignment == 'me':
            tickets.action_take()
        elif self.assignment == 'nobody':
            tickets.action_unassign()
        elif self.assignment:
            agent = self.agent_user_id
            strangers = tickets.team_id.filtered(lambda team: agent not in team.user_ids)
            if strangers:
                raise UserError(
                    self.env._(
                        "%(agent)s is not a member of %(teams)s.",
                        agent=agent.name,
                        teams=", ".join(strangers.mapped('name')),
                    )
                )
            tickets.user_id = agent

    def _check_stage(self, tickets):
        for team in tickets.grouped('team_id'):
            if self.stage_id not in team._get_applicable_stages():
                raise UserError(
                    self.env._(
                        "Tickets of %(team)s have no stage “%(stage)s”.",
                        team=team.name or self.env._("no team"),
                        stage=self.stage_id.name,
                    )
                )
