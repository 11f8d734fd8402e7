from odoo import api, fields, models


class HelpdeskTicketType(models.Model):
    _inherit = 'helpdesk.ticket.type'

    kind = fields.Selection(
        selection=[
            ('request', "Request"),
            ('complaint', "Complaint"),
            ('suggestion', "Suggestion"),
        ],
        default='request',
        required=True,
        help="Complaints are hidden from the agent concerned and close with a finding and a"
        " measure. Suggestions get a decision, and votes where they are published.",
    )
    complaint_officer_id = fields.Many2one(
        comodel_name='res.users',
        string="Officer",
        domain="[('share', '=', False)]",
        ondelete='set null',
        help="Who handles these complaints, unless he is the agent concerned. The rule of the"
        " team chooses if left empty.",
    )
    complaint_days = fields.Integer(
        string="Answer Within",
        default=5,
        help="Working days of the team in which the customer is promised an answer.",
    )

    _complaint_days_positive = models.Constraint(
        'CHECK(complaint_days >= 0)', "The days to answer a complaint cannot be negative."
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: record rules remember whom complaints are hidden from."""
        result = super().write(vals)
        if 'kind' in vals:
            self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _find_of_kind(self, kind, team):
        """Return the type a team uses for a kind of ticket: its own, else any.

        :param str kind: see the field
        :param team: ``helpdesk.ticket.team``
        """
        # sudo: helpdesk.ticket.type - what a customer may send does not depend on his rights
        types = self.sudo().search([('kind', '=', kind)])
        return (team.sudo().type_ids & types or types)[:1]
