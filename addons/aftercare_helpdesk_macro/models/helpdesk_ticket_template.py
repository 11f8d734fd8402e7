from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import is_html_empty


class HelpdeskTicketTemplate(models.Model):
    """What a ticket of a kind looks like when an agent enters it."""

    _name = 'helpdesk.ticket.template'
    _description = "Helpdesk Ticket Template"
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name='res.company')
    team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team', help="The team the ticket goes to."
    )
    subject = fields.Char(string="Title", translate=True)
    description = fields.Html(
        translate=True, help="The questions to ask, for example, with room for the answers."
    )
    type_id = fields.Many2one(comodel_name='helpdesk.ticket.type')
    category_id = fields.Many2one(comodel_name='helpdesk.ticket.category')
    priority = fields.Selection(
        selection=lambda self: self.env['helpdesk.ticket']._get_priorities()
    )
    tag_ids = fields.Many2many(comodel_name='helpdesk.ticket.tag', string="Tags")
    checklist = fields.Text(
        translate=True, help="What has to be done, one line each. The agent ticks it off."
    )
    is_quick = fields.Boolean(
        string="In Quick Entry",
        help="Offer it as a kind of ticket when one is entered in the kanban.",
    )
    ticket_count = fields.Integer(string="Tickets", compute='_compute_ticket_count')

    # === COMPUTE METHODS === #

    def _compute_ticket_count(self):
        counts = dict(
            self.env['helpdesk.ticket']._read_group(
                [('template_id', 'in', self.ids)], ['template_id'], ['__count']
            )
        )
        for template in self:
            template.ticket_count = counts.get(template._origin, 0)

    # === ACTION METHODS === #

    def action_use(self):
        """Open a new ticket made of the template."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.name,
            'res_model': 'helpdesk.ticket',
            'view_mode': 'form',
            'context': {'default_template_id': self.id},
        }

    def action_view_tickets(self):
        """List the tickets made of the template."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'helpdesk_mgmt.helpdesk_ticket_action'
        )
        return {**action, 'domain': [('template_id', '=', self.id)], 'context': {}}

    # === BUSINESS METHODS === #

    @api.model
    def _get_copied_fields(self):
        """Return the fields that are called the same on templates and tickets."""
        return ['team_id', 'type_id', 'category_id', 'priority']

    def _prepare_ticket(self):
        """Return the values of a ticket made of the template; nothing the template leaves open."""
        self.ensure_one()
        values = {
            name: value.id if isinstance(value := self[name], models.BaseModel) else value
            for name in self._get_copied_fields()
            if self[name]
        }
        if self.subject:
            values['name'] = self.subject
        if not is_html_empty(self.description):
            values['description'] = self.description
        if self.tag_ids:
            values['tag_ids'] = [Command.set(self.tag_ids.ids)]
        if checklist := self._render_checklist():
            values['checklist'] = checklist
        return values

    def _render_checklist(self):
        """Return the lines as boxes to tick."""
        lines = [line.strip(' -*\t') for line in (self.checklist or '').splitlines()]
        items = Markup().join(Markup('<li>%s</li>') % line for line in lines if line)
        return items and Markup('<ul class="o_checklist">%s</ul>') % items
