from odoo import api, fields, models

GROUP = 'helpdesk_mgmt.group_helpdesk_user_own'


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    record_ids = fields.One2many(
        comodel_name='helpdesk.ticket.record',
        inverse_name='ticket_id',
        string="Processing Record",
        copy=False,
        groups=GROUP,
    )
    record_progress = fields.Selection(
        selection=lambda self: self.env['helpdesk.ticket.record']._fields['progress'].selection,
        string="Progress",
        compute='_compute_record_latest',
        groups=GROUP,
    )
    record_customer_status = fields.Selection(
        selection=lambda self: (
            self.env['helpdesk.ticket.record']._fields['customer_status'].selection
        ),
        string="Customer's Situation",
        compute='_compute_record_latest',
        groups=GROUP,
    )

    # === COMPUTE METHODS === #

    @api.depends('record_ids.progress', 'record_ids.customer_status')
    def _compute_record_latest(self):
        for ticket in self:
            for name, value in ticket.record_ids._get_latest().items():
                ticket[f'record_{name}'] = value

    # === ACTION METHODS === #

    def action_add_record(self):
        """Write an entry of the processing record."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Processing Record of %(number)s", number=self.number),
            'res_model': 'helpdesk.ticket.record',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_ticket_id': self.id, 'dialog_size': 'medium'},
        }
