from odoo import fields, models


class HelpdeskSuggestionVote(models.Model):
    """A customer wants a suggestion too: one vote for all who belong to the customer."""

    _name = 'helpdesk.suggestion.vote'
    _description = "Vote for a Suggestion"
    _order = 'id desc'
    _rec_name = 'partner_id'

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Suggestion",
        required=True,
        readonly=True,
        index=True,
        ondelete='cascade',
    )
    partner_id = fields.Many2one(
        comodel_name='res.partner',
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete='cascade',
        help="The company of whoever has voted, or the person where there is none.",
    )

    _ticket_partner_uniq = models.UniqueIndex(
        '(ticket_id, partner_id)', "A customer votes once for a suggestion."
    )

    # === CRUD METHODS === #

    def unlink(self):
        """Override of `base`: keep the number of votes right."""
        tickets = self.ticket_id
        result = super().unlink()
        tickets._count_votes()
        return result
