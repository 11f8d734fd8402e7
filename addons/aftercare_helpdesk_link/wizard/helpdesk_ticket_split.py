from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_datetime, html2plaintext

PREVIEW_LENGTH = 160


class HelpdeskTicketSplit(models.TransientModel):
    """Which messages of a ticket become a ticket of their own."""

    _name = 'helpdesk.ticket.split'
    _description = "Split a Ticket"

    ticket_id = fields.Many2one(comodel_name='helpdesk.ticket', required=True, readonly=True)
    line_ids = fields.One2many(
        comodel_name='helpdesk.ticket.split.line',
        inverse_name='split_id',
        string="Messages",
        compute='_compute_line_ids',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    name = fields.Char(string="Title")
    team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team',
        compute='_compute_from_ticket',
        store=True,
        readonly=False,
    )
    type_id = fields.Many2one(
        comodel_name='helpdesk.ticket.type',
        compute='_compute_from_ticket',
        store=True,
        readonly=False,
    )
    partner_id = fields.Many2one(
        comodel_name='res.partner',
        string="Customer",
        compute='_compute_from_ticket',
        store=True,
        readonly=False,
    )
    has_attachments = fields.Boolean(string="With Attachments", default=True)

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    def _compute_line_ids(self):
        for split in self:
            messages = split.ticket_id._origin._get_splittable_messages()
            split.line_ids = [Command.clear()] + [
                Command.create({'message_id': message.id}) for message in messages
            ]

    @api.depends('ticket_id')
    def _compute_from_ticket(self):
        for split in self:
            split.team_id = split.ticket_id.team_id
            split.type_id = split.ticket_id.type_id
            split.partner_id = split.ticket_id.partner_id

    # === ACTION METHODS === #

    def action_split(self):
        """Create the new ticket, link both, and show the new one."""
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access('write')
        chosen = self.line_ids.filtered('is_chosen').message_id
        messages = chosen & ticket._get_splittable_messages()
        if not messages or messages != chosen:
            raise UserError(self.env._("Choose the messages the new ticket is made of."))
        if not (self.name or '').strip():
            raise UserError(self.env._("Give the new ticket a title."))
        new = self.env['helpdesk.ticket'].create(self._prepare_ticket(messages))
        if self.has_attachments:
            # sudo: ir.attachment - of messages the user has read above, into a ticket of his
            for attachment in messages.sudo().attachment_ids:
                attachment.copy({'res_model': new._name, 'res_id': new.id})
        self.env['helpdesk.ticket.link'].create(
            {'ticket_id': new.id, 'kind': 'relates', 'other_id': ticket.id}
        )
        ticket._message_log(
            body=self.env._("%(link)s was split off.", link=new._get_html_link(new.display_name))
        )
        new._message_log(
            body=self.env._("Split off from %(link)s.", link=ticket._get_html_link(ticket.number))
        )
        return {
            'type': 'ir.actions.act_window',
            'res_model': new._name,
            'res_id': new.id,
            'view_mode': 'form',
        }

    # === BUSINESS METHODS === #

    def _prepare_ticket(self, messages):
        """Return the values of the new ticket."""
        return {
            **self.ticket_id._prepare_part(),
            'name': self.name,
            'description': self._get_description(messages),
            'partner_id': self.partner_id.id,
            'team_id': self.team_id.id,
            'type_id': self.type_id.id,
        }

    def _get_description(self, messages):
        """Return the messages one after the other, each with author and date."""
        parts = []
        for message in messages.sorted('id'):
            author = message.author_id.name or message.email_from or ''
            head = f"{author}, {format_datetime(self.env, message.date)}"
            parts.append(
                Markup('<p class="text-muted"><small>%s</small></p>%s') % (head, message.body)
            )
        return Markup('<hr/>').join(parts)


class HelpdeskTicketSplitLine(models.TransientModel):
    """A message that may be chosen."""

    _name = 'helpdesk.ticket.split.line'
    _description = "Message of a Ticket to Split"
    _order = 'message_id'

    split_id = fields.Many2one(
        comodel_name='helpdesk.ticket.split', required=True, index=True, ondelete='cascade'
    )
    message_id = fields.Many2one(comodel_name='mail.message', required=True, ondelete='cascade')
    is_chosen = fields.Boolean(string="Take Along")
    # Computed with the rights of the user, so that nobody reads foreign messages by their id.
    date = fields.Datetime(compute='_compute_content')
    author = fields.Char(compute='_compute_content')
    preview = fields.Char(string="Text", compute='_compute_content')
    attachment_count = fields.Integer(string="Attachments", compute='_compute_content')

    @api.depends('message_id')
    def _compute_content(self):
        self.message_id.check_access('read')
        for line in self:
            message = line.message_id
            text = " ".join(html2plaintext(message.body or '').split())
            is_long = len(text) > PREVIEW_LENGTH
            line.date = message.date
            line.author = message.author_id.name or message.email_from
            line.preview = f"{text[:PREVIEW_LENGTH]}…" if is_long else text
            line.attachment_count = len(message.attachment_ids)
