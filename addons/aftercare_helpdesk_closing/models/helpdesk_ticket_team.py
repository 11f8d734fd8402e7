from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    autoclose_days = fields.Integer(
        string="Close By Itself After",
        help="Days without a message of the customer or an agent after which a ticket closes by"
        " itself. Internal notes do not count. 0 for never.",
    )
    autoclose_warning_days = fields.Integer(
        string="Warn the Customer",
        default=2,
        help="Days before, on which the customer is told that the ticket will be closed unless he"
        " answers. 0 to close it without a warning.",
    )
    autoclose_from_stage_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.stage',
        relation='helpdesk_ticket_team_autoclose_stage_rel',
        string="From",
        domain="[('closed', '=', False), '|', ('team_ids', '=', id), ('team_ids', '=', False)]",
        help="Tickets in these stages close by themselves. The stages that wait for the customer"
        " if left empty.",
    )
    autoclose_stage_id = fields.Many2one(
        comodel_name='helpdesk.ticket.stage',
        string="Close In",
        domain="[('closed', '=', True), '|', ('team_ids', '=', id), ('team_ids', '=', False)]",
        ondelete='set null',
        help="The first closing stage that is no cancellation if left empty.",
    )
    autoclose_skip_activities = fields.Boolean(
        string="Not while something is planned",
        default=True,
        help="A ticket with an open activity stays open: somebody means to go on with it.",
    )
    customer_can_close = fields.Boolean(
        string="May close tickets",
        default=True,
        help="Customers close their tickets on the ticket's page, in the closing stages that are"
        " meant for it.",
    )
    has_closing_link = fields.Boolean(
        string="By a link in the mail",
        default=True,
        help="The mails that confirm a ticket, or warn of its closing, have a link by which the"
        " customer closes it without signing in.",
    )
    customer_can_reopen = fields.Boolean(
        string="May reopen tickets",
        default=True,
        help="Within the days set for it. Otherwise an answer to a closed ticket becomes a new"
        " ticket that follows it up.",
    )

    _autoclose_days_positive = models.Constraint(
        'CHECK(autoclose_days >= 0 AND autoclose_warning_days >= 0)',
        "The days until a ticket closes cannot be negative.",
    )
    _autoclose_warning_before = models.Constraint(
        'CHECK(autoclose_days = 0 OR autoclose_warning_days < autoclose_days)',
        "The warning must come after the last message: choose fewer days for it than until the"
        " ticket closes.",
    )

    # === BUSINESS METHODS === #

    def _get_autoclose_stage(self):
        """Return the stage in which tickets of the team close by themselves."""
        self.ensure_one()
        stage = self.autoclose_stage_id
        if stage.closed:
            return stage
        return self._find_stage(lambda stage: stage.closed and not stage.is_cancelled)

    def _is_autoclose_stage(self, stage):
        """Tell whether tickets of the team close by themselves from a stage."""
        self.ensure_one()
        if stage.closed:
            return False
        if self.autoclose_from_stage_ids:
            return stage in self.autoclose_from_stage_ids
        return stage.is_waiting
