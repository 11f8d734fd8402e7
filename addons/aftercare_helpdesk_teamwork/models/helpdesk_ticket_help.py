from odoo import api, fields, models
from odoo.fields import Domain

GROUP = 'helpdesk_mgmt.group_helpdesk_user_own'


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    assistance_ids = fields.One2many(
        comodel_name='helpdesk.ticket.assistance',
        inverse_name='ticket_id',
        string="Requests for Help",
        readonly=True,
        copy=False,
        groups=GROUP,
    )
    helper_ids = fields.Many2many(
        comodel_name='res.users', string="Helping", compute='_compute_helper_ids', groups=GROUP
    )
    my_assistance_id = fields.Many2one(
        comodel_name='helpdesk.ticket.assistance',
        string="I Am Asked for Help",
        compute='_compute_my_assistance_id',
        search='_search_my_assistance_id',
        groups=GROUP,
    )
    my_assistance_requester_id = fields.Many2one(related='my_assistance_id.requester_id')
    my_assistance_question = fields.Text(related='my_assistance_id.question')

    # === COMPUTE METHODS === #

    @api.depends('assistance_ids.state', 'assistance_ids.user_id')
    def _compute_helper_ids(self):
        for ticket in self:
            ticket.helper_ids = ticket.assistance_ids.filtered(
                lambda request: request.state == 'open'
            ).user_id

    @api.depends('assistance_ids.state', 'assistance_ids.user_id')
    @api.depends_context('uid')
    def _compute_my_assistance_id(self):
        for ticket in self:
            ticket.my_assistance_id = ticket.assistance_ids.filtered(
                lambda request: request.state == 'open' and request.user_id == self.env.user
            )[:1]

    @api.model
    def _search_my_assistance_id(self, operator, value):
        if operator != 'in':
            return NotImplemented
        mine = Domain('assistance_ids', 'any', self._get_my_assistance_domain())
        if list(value) == [False]:
            return ~mine
        return mine & Domain('assistance_ids', 'in', [id_ for id_ in value if id_])

    # === CRUD METHODS === #

    def _on_close(self, stamps):
        """Override of `aftercare_helpdesk`: nobody has to help with what is closed."""
        # sudo: helpdesk.ticket.assistance - also when the customer or a rule closes the ticket
        requests = (
            self.env['helpdesk.ticket.assistance']
            .sudo()
            .search([('ticket_id', 'in', self.ids), ('state', '=', 'open')])
        )
        if requests:
            own = requests.filtered(lambda request: request.user_id == self.env.user)
            own._close_own()
            (requests - own)._withdraw()
        return super()._on_close(stamps)

    # === ACTION METHODS === #

    def action_ask_for_help(self):
        """Ask colleagues to help with the ticket."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Ask for Help"),
            'res_model': 'helpdesk.ticket.assist',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_ticket_id': self.id, 'dialog_size': 'medium'},
        }

    def action_answer_assistance(self):
        """Answer the colleague who has asked the user for help."""
        self.ensure_one()
        return self.my_assistance_id.action_answer()

    # === BUSINESS METHODS === #

    @api.model
    def _get_my_assistance_domain(self):
        """Return the open requests for the user's help."""
        return Domain([('user_id', '=', self.env.uid), ('state', '=', 'open')])
