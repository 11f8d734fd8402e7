from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.sql import column_exists, create_column

APPROVER = 'hr_timesheet.group_hr_timesheet_approver'
# Who knows by his work what an hour of a colleague costs.
COST_GROUPS = (
    APPROVER,
    'project.group_project_manager',
    'analytic.group_analytic_accounting',
    'account.group_account_readonly',
    'account.group_account_invoice',
)


class AccountAnalyticLine(models.Model):
    _inherit = 'account.analytic.line'

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', string="Ticket", index='btree_not_null'
    )
    helpdesk_team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team',
        string="Helpdesk Team",
        compute='_compute_helpdesk_team_id',
        store=True,
        precompute=True,
        index='btree_not_null',
        help="The team that had the ticket when the time was logged.",
    )

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    def _compute_helpdesk_team_id(self):
        for line in self:
            line.helpdesk_team_id = line.ticket_id.team_id

    @api.depends('ticket_id.partner_id')
    def _compute_partner_id(self):
        """Override of `hr_timesheet`: time on a ticket was spent for its customer."""
        on_tickets = self.filtered('ticket_id.partner_id')
        super(AccountAnalyticLine, self - on_tickets)._compute_partner_id()
        for line in on_tickets:
            line.partner_id = line.ticket_id.partner_id

    @api.depends('ticket_id.display_name')
    def _compute_display_name(self):
        """Override of `hr_timesheet`: time on a ticket is known by it."""
        on_tickets = self.filtered(lambda line: line.ticket_id and not line.task_id)
        super(AccountAnalyticLine, self - on_tickets)._compute_display_name()
        for line in on_tickets:
            # sudo: helpdesk.ticket - who sees the time may know what it was spent on
            line.display_name = line.ticket_id.sudo().display_name

    # === CRUD METHODS === #

    def _auto_init(self):
        """Override: when this is installed no time is on tickets, so nothing to compute."""
        if not column_exists(self.env.cr, self._table, 'helpdesk_team_id'):
            create_column(self.env.cr, self._table, 'helpdesk_team_id', 'int4')
        return super()._auto_init()

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `hr_timesheet`: time on a ticket is booked to its team's project."""
        vals_list = [self._complete_ticket_vals(vals) for vals in vals_list]
        lines = super().create(vals_list)
        lines._check_ticket_time({'ticket_id', 'user_id', 'project_id'})
        return lines

    def write(self, vals):
        """Override of `hr_timesheet`: what is moved to another ticket goes to its project."""
        if vals.get('ticket_id'):
            vals = self._complete_ticket_vals(vals)
        result = super().write(vals)
        self._check_ticket_time(vals.keys())
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _is_cost_hidden(self):
        """Tell whether the user sees the time of others on tickets, but not what it costs."""
        user = self.env.user
        return (
            not self.env.su
            and user.has_group('helpdesk_mgmt.group_helpdesk_user_own')
            and not any(user.has_group(group) for group in COST_GROUPS)
        )

    def _has_field_access(self, field, operation):
        """Override: the cost of an hour is what a colleague earns."""
        if field.name == 'amount' and operation == 'read' and self._is_cost_hidden():
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type='form', **options):
        """Override: see ``_get_view``."""
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._is_cost_hidden())

    @api.model
    def _get_view(self, view_id=None, view_type='form', **options):
        """Override: leave out the cost where the user does not see it."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if self._is_cost_hidden():
            for node in arch.xpath("//field[@name='amount']"):
                node.getparent().remove(node)
        return arch, view

    @api.model
    def _complete_ticket_vals(self, vals):
        """Return a copy of the values of a line, with what follows from its ticket."""
        vals = dict(vals)
        ticket_id = vals.get('ticket_id', self.env.context.get('default_ticket_id'))
        if not ticket_id:
            return vals
        vals['ticket_id'] = ticket_id
        # sudo: helpdesk.ticket - whether the user may log time on it is checked afterwards
        ticket_sudo = self.env['helpdesk.ticket'].sudo().browse(ticket_id)
        if not vals.get('project_id') and not vals.get('task_id'):
            if not ticket_sudo.team_id.allow_timesheets:
                raise ValidationError(self.env._("The team of the ticket keeps no timesheets."))
            vals['project_id'] = ticket_sudo.team_id.project_id.id
        if not vals.get('company_id') and ticket_sudo.company_id:
            vals['company_id'] = ticket_sudo.company_id.id
        return vals

    def _check_ticket_time(self, changed):
        """Refuse time on tickets the user may not write, in another's name or in another project.

        :param changed: names of the fields that were set
        """
        lines = self.filtered('ticket_id')
        if self.env.su or not lines:
            return
        if 'ticket_id' in changed:
            lines.ticket_id.check_access('write')
        if self.env.user.has_group(APPROVER):
            return
        if {'employee_id', 'user_id'} & changed and lines.user_id != self.env.user:
            raise AccessError(self.env._("You can log your own time only."))
        if not {'ticket_id', 'project_id', 'task_id'} & changed:
            return
        for line in lines:
            # sudo: helpdesk.ticket.team - its project is no secret from who logs time in it
            team_sudo = line.ticket_id.team_id.sudo()
            if not team_sudo.allow_timesheets or line.project_id != team_sudo.project_id:
                raise ValidationError(
                    self.env._("Time on a ticket is booked to the project of its team.")
                )

    def _is_readonly(self):
        """Override of `hr_timesheet`: on a ticket one also sees the time of others."""
        return super()._is_readonly() or bool(
            self.ticket_id
            and self._origin
            and self.user_id != self.env.user
            and not self.env.user.has_group(APPROVER)
        )
