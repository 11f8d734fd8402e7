from odoo import api, fields, models


class HelpdeskTeamDryRun(models.TransientModel):
    """Who would get the next ticket of a team, and why; nothing is assigned."""

    _name = 'helpdesk.team.dry.run'
    _description = "Dry Run of a Team's Assignment"

    team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team', required=True, readonly=True, ondelete='cascade'
    )
    partner_id = fields.Many2one(comodel_name='res.partner', string="Customer")
    region_id = fields.Many2one(
        comodel_name='service.region',
        compute='_compute_region_id',
        store=True,
        readonly=False,
    )
    type_id = fields.Many2one(comodel_name='helpdesk.ticket.type')
    category_id = fields.Many2one(comodel_name='helpdesk.ticket.category')
    date = fields.Datetime(string="At", default=fields.Datetime.now, required=True)
    agent_id = fields.Many2one(comodel_name='service.agent', compute='_compute_result')
    is_automatic = fields.Boolean(compute='_compute_result')
    reason = fields.Text(compute='_compute_result')
    explanation = fields.Html(compute='_compute_result', sanitize=False)

    @api.depends('partner_id')
    def _compute_region_id(self):
        for run in self:
            run.region_id = run.partner_id.region_id

    @api.depends('team_id', 'partner_id', 'region_id', 'type_id', 'category_id', 'date')
    def _compute_result(self):
        for run in self:
            run.is_automatic = run.team_id._is_automatic()
            if not run.is_automatic or not run.date:
                run.agent_id = run.reason = run.explanation = False
                continue
            # sudo: helpdesk.ticket.type - the leader of a team may not read types
            team_sudo = run.team_id.sudo()
            company = team_sudo.company_id or self.env.company
            request = team_sudo._prepare_assignment_request(
                team_sudo._get_agents(),
                company,
                partner=run.partner_id,
                region=run.region_id,
                skills=run.sudo().type_id.skill_ids | run.category_id.skill_ids,
            )
            [assignment] = (
                self.env['service.agent']
                .sudo()
                ._choose([{**request, 'at': run.date}], dry_run=True)
            )
            run.agent_id = assignment.agent_id
            run.reason = assignment.reason
            run.explanation = assignment.explanation
