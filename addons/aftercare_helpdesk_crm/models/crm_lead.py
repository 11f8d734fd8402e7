from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmLead(models.Model):
    _inherit = 'crm.lead'

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Ticket",
        index='btree_not_null',
        copy=False,
        readonly=True,
        help="The ticket in which the customer asked for it.",
    )
    # A summary for salespeople who do not see tickets.
    ticket_number = fields.Char(related='ticket_id.number', string="Ticket Number")
    ticket_name = fields.Char(related='ticket_id.name', string="Subject")
    ticket_stage = fields.Char(related='ticket_id.stage_id.name', string="Ticket Stage")
    ticket_team = fields.Char(related='ticket_id.team_id.name', string="Helpdesk Team")
    ticket_agent = fields.Char(related='ticket_id.user_id.name', string="Agent")
    ticket_date = fields.Datetime(related='ticket_id.create_date', string="Came In")
    ticket_description = fields.Html(related='ticket_id.description', string="Description")
    is_ticket_open_to_user = fields.Boolean(compute='_compute_is_ticket_open_to_user')

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    @api.depends_context('uid')
    def _compute_is_ticket_open_to_user(self):
        allowed = set(self.sudo(False).ticket_id._filtered_access('read')._ids)
        for lead in self:
            lead.is_ticket_open_to_user = lead.ticket_id.id in allowed

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `crm`: the link shows a summary, so it is not for everybody to set."""
        leads = super().create(vals_list)
        if not self.env.su:
            leads.ticket_id.check_access('read')
        return leads

    def write(self, vals):
        """Override of `crm`: the link shows a summary, so it is not for everybody to set."""
        if vals.get('ticket_id') and not self.env.su:
            self._check_ticket_link(self.env['helpdesk.ticket'].browse(vals['ticket_id']))
        return super().write(vals)

    # === ACTION METHODS === #

    def action_view_ticket(self):
        """Open the ticket the lead comes from."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'helpdesk.ticket',
            'view_mode': 'form',
            'res_id': self.ticket_id.id,
        }

    # === BUSINESS METHODS === #

    @api.model
    def _check_ticket_link(self, ticket):
        """Refuse a link to a ticket the user knows neither by itself nor by another lead.

        :raises AccessError: if the ticket is none of the user's business
        """
        if ticket.has_access('read'):
            return
        if not self.with_context(active_test=False).search_count(
            [('ticket_id', '=', ticket.id)], limit=1
        ):
            raise AccessError(self.env._("You cannot link a lead to a ticket you do not see."))

    def _merge_get_fields(self):
        """Override of `crm`: a merged lead still says which ticket it comes from."""
        return [*super()._merge_get_fields(), 'ticket_id']

    def _is_lead_open(self):
        """Tell whether sales still works on the lead."""
        self.ensure_one()
        return self.active and self.won_status == 'pending'

    def _get_ticket_state(self):
        """Return how far the lead is, and its tone: all that the helpdesk is told of it."""
        self.ensure_one()
        if self.won_status == 'won':
            return self.env._("Won"), 'success'
        if self.won_status == 'lost' or not self.active:
            return self.env._("Lost"), 'danger'
        return self.stage_id.name or self.env._("New"), 'info'
