from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    sms_gateway = fields.Selection(related='company_id.sms_gateway', required=True, readonly=False)
    notification_quiet_hours = fields.Boolean(
        related='company_id.notification_quiet_hours', readonly=False
    )
    notification_quiet_from = fields.Float(
        related='company_id.notification_quiet_from', readonly=False
    )
    notification_quiet_to = fields.Float(related='company_id.notification_quiet_to', readonly=False)
    notification_do_not_disturb = fields.Boolean(
        related='company_id.notification_do_not_disturb', readonly=False
    )
    notification_log_days = fields.Integer(
        string="Keep the Log",
        config_parameter='aftercare_notification.log_days',
        default=180,
    )

    _log_days_positive = models.Constraint(
        'CHECK(notification_log_days > 0)', "The log is kept for one day at least."
    )
