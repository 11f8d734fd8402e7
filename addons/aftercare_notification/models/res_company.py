from odoo import api, fields, models
from odoo.tools import config

from ..tools import SmsApiLog, get_quiet_end


class ResCompany(models.Model):
    _inherit = 'res.company'

    sms_gateway = fields.Selection(
        [('iap', "Odoo"), ('log', "Log only")],
        string="SMS Gateway",
        required=True,
        default=lambda self: self._default_sms_gateway(),
    )
    notification_quiet_hours = fields.Boolean(string="Quiet Hours", default=True)
    notification_quiet_from = fields.Float(string="Quiet from", default=22.0)
    notification_quiet_to = fields.Float(string="Quiet until", default=8.0)
    notification_do_not_disturb = fields.Boolean(
        string="Do Not Disturb",
        help="E-mails and SMS to staff wait for their working time, unless urgent.",
    )

    _quiet_hours_in_day = models.Constraint(
        'CHECK(notification_quiet_from >= 0 AND notification_quiet_from < 24'
        ' AND notification_quiet_to >= 0 AND notification_quiet_to < 24)',
        "Quiet hours begin and end between 0:00 and 23:59.",
    )

    # === DEFAULT METHODS === #
    @api.model
    def _default_sms_gateway(self):
        """Demonstrations and developers shall not send text messages to strangers."""
        is_demo = (
            self.env['ir.module.module']
            .sudo()
            .search_count([('name', '=', 'base'), ('demo', '=', True)], limit=1)
        )
        return 'log' if is_demo or config['dev_mode'] else 'iap'

    # === BUSINESS METHODS === #
    def _get_sms_api_class(self):
        """Override of `sms` to add the log gateway."""
        self.ensure_one()
        if self.sms_gateway == 'log':
            return SmsApiLog
        return super()._get_sms_api_class()

    def _get_quiet_end(self, now, tz):
        """Tell when the company's quiet hours are over for a person.

        :param datetime now: naive UTC
        :param str tz: time zone of the person; empty: that of the company's working time
        :return: naive UTC datetime, or None when it is not quiet
        """
        self.ensure_one()
        if not self.notification_quiet_hours:
            return None
        return get_quiet_end(
            now,
            tz or self.resource_calendar_id.tz or 'UTC',
            self.notification_quiet_from,
            self.notification_quiet_to,
        )
