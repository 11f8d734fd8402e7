from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    complaint_team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team',
        string="Complaints Go To",
        index='btree_not_null',
        ondelete='set null',
        domain="[('id', '!=', id), ('visibility', '=', 'portal'),"
        " '|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="The team that handles what customers complain about on the website."
        " This team itself if left empty.",
    )

    # === BUSINESS METHODS === #

    def _get_complaint_team(self):
        """Return the team that handles complaints about this one's work."""
        self.ensure_one()
        target = self.complaint_team_id
        return target if target.active and target.visibility == 'portal' else self

    def _prepare_assignment_request(
        self, agents, company, res_id=0, partner=None, region=None, skills=None
    ):
        """Override of `aftercare_helpdesk`: not the agent concerned, also when chosen later."""
        request = super()._prepare_assignment_request(
            agents, company, res_id=res_id, partner=partner, region=region, skills=skills
        )
        ticket = self.env['helpdesk.ticket'].browse(res_id or ())
        return ticket._exclude_concerned(request, ticket._get_concerned())

    def _create_website_ticket(self, values, files=(), ip=None, author=None):
        """Override of `aftercare_helpdesk_website`: a complaint goes to the team meant for it."""
        ticket_type = self.env['helpdesk.ticket.type'].browse(values.get('type_id') or ())
        team = self._get_complaint_team() if ticket_type.kind == 'complaint' else self
        return super(HelpdeskTicketTeam, team)._create_website_ticket(
            values, files=files, ip=ip, author=author
        )
