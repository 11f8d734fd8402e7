from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# How the same link is called from the other end.
INVERSE = {
    'relates': 'relates',
    'caused_by': 'causes',
    'causes': 'caused_by',
    'blocked_by': 'blocks',
    'blocks': 'blocked_by',
    'parent': 'child',
    'child': 'parent',
}
# Nothing can wait for itself, or be a part of itself.
ACYCLIC = ('parent', 'child', 'blocks', 'blocked_by')


class HelpdeskTicketLink(models.Model):
    """How a ticket is linked to another one. Each link has a mirror at the other end."""

    _name = 'helpdesk.ticket.link'
    _description = "Link Between Tickets"
    _order = 'kind, id'
    _rec_name = 'other_id'

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, index=True, ondelete='cascade'
    )
    kind = fields.Selection(
        selection=[
            ('relates', "Relates to"),
            ('parent', "Is part of"),
            ('child', "Has part"),
            ('blocked_by', "Waits for"),
            ('blocks', "Holds up"),
            ('caused_by', "Caused by"),
            ('causes', "Causes"),
        ],
        string="Link",
        default='relates',
        required=True,
    )
    other_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Other Ticket",
        required=True,
        index=True,
        ondelete='cascade',
    )
    # Not for who could not read them by himself.
    other_stage_id = fields.Many2one(
        related='other_id.stage_id', string="Stage", related_sudo=False
    )
    other_user_id = fields.Many2one(related='other_id.user_id', string="Agent", related_sudo=False)
    other_closed = fields.Boolean(related='other_id.closed', related_sudo=False)

    _link_uniq = models.UniqueIndex(
        '(ticket_id, other_id, kind)', "These tickets are linked like this already."
    )
    _parent_uniq = models.UniqueIndex(
        "(ticket_id) WHERE kind = 'parent'", "A ticket is part of one other ticket at most."
    )
    _other_check = models.Constraint(
        'CHECK(ticket_id != other_id)', "A ticket cannot be linked to itself."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('ticket_id', 'kind', 'other_id')
    def _check_cycle(self):
        # sudo: helpdesk.ticket.link - a circle may lead through tickets the user does not see
        for link in self.sudo():
            if link.kind in ACYCLIC and link.ticket_id in link._get_reachable():
                raise ValidationError(
                    self.env._(
                        "%(ticket)s and %(other)s would depend on each other in a circle.",
                        ticket=link.ticket_id.number,
                        other=link.other_id.number,
                    )
                )

    def _get_reachable(self):
        """Return all tickets that are reached from the other end by links of the same kind."""
        reached = self.env['helpdesk.ticket']
        border = self.other_id
        while border:
            reached |= border
            border = (
                self.search([('ticket_id', 'in', border.ids), ('kind', '=', self.kind)]).other_id
                - reached
            )
        return reached

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: link both ways."""
        links = super().create(vals_list)
        links._check_ends()
        missing = links.filtered(lambda link: not link._find_mirror())
        # sudo: helpdesk.ticket.link - the other ticket may be one the user cannot write to
        super(HelpdeskTicketLink, self.sudo()).create([link._prepare_mirror() for link in missing])
        return links

    def write(self, vals):
        """Override of `base`: keep the other end in step."""
        if 'ticket_id' in vals and any(link.ticket_id.id != vals['ticket_id'] for link in self):
            raise UserError(self.env._("A link cannot be moved. Remove it and make another one."))
        mirrors = {link: link._find_mirror() for link in self}
        result = super().write(vals)
        self._check_ends()
        for link, mirror in mirrors.items():
            super(HelpdeskTicketLink, mirror).write(link._prepare_mirror())
        return result

    def unlink(self):
        """Override of `base`: remove both ends."""
        self.ticket_id.check_access('write')
        mirrors = self.sudo().browse().union(*(link._find_mirror() for link in self))
        result = super().unlink()
        super(HelpdeskTicketLink, mirrors.exists()).unlink()
        return result

    # === ACTION METHODS === #

    def action_open_other(self):
        """Open the ticket at the other end."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'helpdesk.ticket',
            'res_id': self.other_id.id,
            'view_mode': 'form',
        }

    # === BUSINESS METHODS === #

    def _check_ends(self):
        """Refuse links of tickets one may not change, or to tickets one may not even see."""
        self.ticket_id.check_access('write')
        self.other_id.check_access('read')

    def _find_mirror(self):
        """Return the same link as seen from the other end."""
        self.ensure_one()
        # sudo: helpdesk.ticket.link - see `create`
        return self.sudo().search(
            [
                ('ticket_id', '=', self.other_id.id),
                ('other_id', '=', self.ticket_id.id),
                ('kind', '=', INVERSE[self.kind]),
            ]
        )

    def _prepare_mirror(self):
        self.ensure_one()
        return {
            'ticket_id': self.other_id.id,
            'other_id': self.ticket_id.id,
            'kind': INVERSE[self.kind],
        }
