from odoo import api, fields, models
from odoo.fields import Command


class HelpdeskTicketTransfer(models.TransientModel):
    """Hands tickets over to another team or agent, or takes them from one, with a reason."""

    _name = 'helpdesk.ticket.transfer'
    _description = "Transfer Tickets"

    mode = fields.Selection(
        selection=[('transfer', "Transfer"), ('take', "Take over")],
        required=True,
        default='transfer',
    )
    ticket_ids = fields.Many2many(comodel_name='helpdesk.ticket', required=True, readonly=True)
    ticket_count = fields.Integer(compute='_compute_ticket_count')
    team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team', string="To Team", ondelete='cascade'
    )
    user_id = fields.Many2one(
        comodel_name='res.users',
        string="To Agent",
        compute='_compute_user_id',
        store=True,
        readonly=False,
        domain="[('id', 'in', member_ids)]",
        ondelete='cascade',
    )
    member_ids = fields.Many2many(comodel_name='res.users', compute='_compute_member_ids')
    from_names = fields.Char(string="From", compute='_compute_ticket_count')
    is_agent_required = fields.Boolean(compute='_compute_proposal')
    proposal = fields.Char(compute='_compute_proposal')
    reason = fields.Text()
    is_reason_required = fields.Boolean(compute='_compute_is_reason_required')

    # === DEFAULT METHODS === #

    @api.model
    def default_get(self, fields):
        """Override of `base`: propose the team in which the tickets are."""
        values = super().default_get(fields)
        if 'team_id' in fields and 'ticket_ids' in values:
            commands = values['ticket_ids']
            ids = commands[0][2] if commands and commands[0][0] == Command.SET else commands
            teams = self.env['helpdesk.ticket'].browse(ids).team_id
            if len(teams) == 1:
                values['team_id'] = teams.id
        return values

    # === COMPUTE METHODS === #

    @api.depends('ticket_ids')
    def _compute_ticket_count(self):
        for transfer in self:
            transfer.ticket_count = len(transfer.ticket_ids)
            transfer.from_names = ", ".join(transfer.ticket_ids.user_id.mapped('name'))

    @api.depends('team_id')
    def _compute_user_id(self):
        for transfer in self:
            if transfer.team_id and transfer.user_id not in transfer.team_id.user_ids:
                transfer.user_id = False

    @api.depends('team_id', 'ticket_ids')
    def _compute_member_ids(self):
        group = self.env.ref('helpdesk_mgmt.group_helpdesk_user_own')
        for transfer in self:
            # sudo: res.groups - who works in the helpdesk is no secret among colleagues
            members = transfer.team_id.user_ids or group.sudo().all_user_ids
            if len(transfer.ticket_ids.user_id) == 1:
                members -= transfer.ticket_ids.user_id
            transfer.member_ids = members.filtered(lambda user: user.active and not user.share)

    @api.depends('team_id', 'user_id', 'ticket_ids')
    def _compute_proposal(self):
        for transfer in self:
            team = transfer.team_id
            transfer.is_agent_required = not team or team in transfer.ticket_ids.team_id
            transfer.proposal = (
                False
                if transfer.user_id or transfer.is_agent_required
                else transfer._get_proposal()
            )

    @api.depends('ticket_ids', 'mode')
    def _compute_is_reason_required(self):
        for transfer in self:
            transfer.is_reason_required = transfer.mode == 'transfer' or any(
                transfer.ticket_ids._get_taken_over().team_id.mapped('is_takeover_reason_required')
            )

    # === ACTION METHODS === #

    def action_apply(self):
        """Hand the tickets over, or take them."""
        self.ensure_one()
        tickets = self.ticket_ids
        reason = (self.reason or '').strip()
        if self.mode == 'take':
            tickets._take_over(reason)
        else:
            tickets._transfer(self.team_id, self.user_id, reason)
        if len(tickets) == 1 and not tickets.has_access('read'):
            # The form behind the dialog could not be loaded any more.
            return {
                **self.env['ir.actions.act_window']._for_xml_id(
                    'helpdesk_mgmt.helpdesk_my_tickets_action'
                ),
                'target': 'main',
            }
        return {'type': 'ir.actions.act_window_close'}

    # === BUSINESS METHODS === #

    def _get_proposal(self):
        """Return in words whom the tickets would get to if no agent is chosen."""
        team = self.team_id
        if not team._is_automatic():
            return self.env._("Nobody yet: the members of the team take their tickets themselves.")
        if len(self.ticket_ids) != 1:
            return self.env._("The rule of the team chooses for each ticket.")
        # sudo: service.agent - the rules choose whomever they find
        team_sudo, ticket_sudo = team.sudo(), self.ticket_ids.sudo()._origin
        request = team_sudo._prepare_assignment_request(
            team_sudo._get_agents(),
            ticket_sudo.company_id,
            partner=ticket_sudo.partner_id,
            region=ticket_sudo.region_id,
            skills=ticket_sudo.skill_ids,
        )
        [assignment] = self.env['service.agent'].sudo()._choose([request], dry_run=True)
        if not assignment.agent_id:
            return self.env._("The rule finds nobody at the moment: the team leader is asked.")
        return self.env._("The rule would choose %(name)s.", name=assignment.agent_id.name)
