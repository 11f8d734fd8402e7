from odoo import fields, models
from odoo.exceptions import UserError


class SoftwareLicenseIssue(models.TransientModel):
    """Issues the licences of orders before they are paid, and says why."""

    _name = 'software.license.issue'
    _description = 'Issue Licences Now'

    order_ids = fields.Many2many(
        'sale.order',
        string="Orders",
        required=True,
        default=lambda self: self.env['sale.order'].browse(self.env.context.get('active_ids')),
    )
    reason = fields.Char(required=True, help="It is kept in the history of the licences.")

    # === ACTION METHODS === #
    def action_issue(self):
        """Issue what is not issued yet."""
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Please say why: the history keeps it."))
        if any(order.state != 'sale' for order in self.order_ids):
            raise UserError(self.env._("Please confirm the order first."))
        self.order_ids._issue_licenses(reason=self.reason.strip(), force=True)
        self.order_ids._message_log_batch(
            bodies={
                order.id: self.env._(
                    "Licences issued before payment: %(reason)s", reason=self.reason
                )
                for order in self.order_ids
            }
        )
        return {'type': 'ir.actions.act_window_close'}
