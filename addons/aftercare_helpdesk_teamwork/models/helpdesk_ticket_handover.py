from dataclasses import dataclass

from odoo import fields, models

CONTEXT_KEY = 'aftercare_helpdesk_handover'


@dataclass(frozen=True)
class Handover:
    """What a change of hands cannot tell by itself; no client can send such an object."""

    kind: str = 'change'
    reason: str = ''
    # The tickets whose change is being written down already, by the write around this one.
    ticket_ids: frozenset = frozenset()

    def _prepare_values(self):
        return {'kind': self.kind, 'reason': self.reason or False}


class HelpdeskTicketHandover(models.Model):
    """A ticket has changed hands: who had it, who has it now, and why. Never changed again."""

    _name = 'helpdesk.ticket.handover'
    _description = "Ticket Handover"
    _order = 'date desc, id desc'
    _rec_name = 'ticket_id'

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, readonly=True, ondelete='cascade'
    )
    date = fields.Datetime(string="When", required=True, readonly=True)
    author_id = fields.Many2one(
        comodel_name='res.users', string="By", readonly=True, ondelete='set null'
    )
    kind = fields.Selection(
        selection=[
            ('transfer', "Transferred"),
            ('take', "Taken"),
            ('release', "Given back"),
            ('rule', "By rule"),
            ('change', "Changed"),
        ],
        string="How",
        required=True,
        readonly=True,
    )
    from_user_id = fields.Many2one(
        comodel_name='res.users', string="From", readonly=True, ondelete='set null', index=True
    )
    to_user_id = fields.Many2one(
        comodel_name='res.users', string="To", readonly=True, ondelete='set null', index=True
    )
    from_team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team',
        readonly=True,
        ondelete='set null',
        index='btree_not_null',
    )
    to_team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team',
        readonly=True,
        ondelete='set null',
        index='btree_not_null',
    )
    reason = fields.Text(readonly=True)
    held_hours = fields.Float(
        string="Held",
        readonly=True,
        aggregator='avg',
        help="Working hours for which the ticket had been where it was before.",
    )

    _ticket_date_idx = models.Index('(ticket_id, date)')
