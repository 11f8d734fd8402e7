from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskTicketReview(models.Model):
    """A step of a review: asked, approved, refused or withdrawn. Steps are never changed."""

    _name = 'helpdesk.ticket.review'
    _description = "Step of a Ticket's Review"
    _order = 'id desc'
    _rec_name = 'ticket_id'

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        required=True,
        readonly=True,
        index=True,
        ondelete='cascade',
    )
    request_id = fields.Many2one(
        comodel_name='helpdesk.ticket.review',
        string="Answer To",
        readonly=True,
        index='btree_not_null',
        ondelete='cascade',
        help="The request this decision belongs to.",
    )
    decision = fields.Selection(
        selection=[
            ('asked', "Asked"),
            ('approved', "Approved"),
            ('refused', "Returned"),
            ('withdrawn', "Withdrawn"),
        ],
        string="Step",
        required=True,
        readonly=True,
    )
    asked_by_id = fields.Many2one(
        comodel_name='res.users', string="Asked By", readonly=True, ondelete='restrict'
    )
    agent_id = fields.Many2one(
        comodel_name='res.users',
        readonly=True,
        ondelete='restrict',
        help="Who had the ticket when the review was asked for.",
    )
    reviewer_id = fields.Many2one(
        comodel_name='res.users', string="Decided By", readonly=True, ondelete='restrict'
    )
    actor_id = fields.Many2one(
        comodel_name='res.users', string="Who", compute='_compute_actor_id', compute_sudo=True
    )
    stage_id = fields.Many2one(
        comodel_name='helpdesk.ticket.stage',
        string="To Close In",
        readonly=True,
        ondelete='restrict',
    )
    comment = fields.Text(readonly=True)
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)

    _decision_uniq = models.UniqueIndex(
        "(request_id, reviewer_id) WHERE decision IN ('approved', 'refused')",
        "A reviewer decides once.",
    )

    # === COMPUTE METHODS === #

    @api.depends('reviewer_id', 'asked_by_id')
    def _compute_actor_id(self):
        for step in self:
            step.actor_id = step.reviewer_id or step.asked_by_id

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: what happened has happened."""
        raise UserError(self.env._("A step of a review cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_always(self):
        raise UserError(self.env._("A step of a review cannot be deleted."))

    # === BUSINESS METHODS === #

    def _get_authors(self):
        """Return the users whose work the request is about: they do not decide on it."""
        return self.asked_by_id | self.agent_id

    def _record(self, decision, comment=None):
        """Write down what became of the request.

        :param str decision: see the field
        :param str comment: why
        """
        self.ensure_one()
        # sudo: helpdesk.ticket.review - nobody may write the history but the review itself
        return self.sudo().create(
            {
                'ticket_id': self.ticket_id.id,
                'request_id': self.id,
                'decision': decision,
                'asked_by_id': self.asked_by_id.id,
                'agent_id': self.agent_id.id,
                'reviewer_id': self.env.uid,
                'stage_id': self.stage_id.id,
                'comment': comment,
            }
        )
