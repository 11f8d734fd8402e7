from odoo import fields, models


class SmsTracker(models.Model):
    _inherit = 'sms.tracker'

    notification_log_id = fields.Many2one(
        'notification.log', ondelete='cascade', index='btree_not_null'
    )

    def _action_update_from_sms_state(self, sms_state, failure_type=False, failure_reason=False):
        """Override of `sms` to bring what the gateway says into the log."""
        result = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        self.notification_log_id._update_from_sms(sms_state, failure_type, failure_reason)
        return result

    def _action_update_from_provider_error(self, provider_error):
        """Override of `sms` to bring what the gateway says into the log."""
        error_status, failure_type, failure_reason = super()._action_update_from_provider_error(
            provider_error
        )
        self.notification_log_id._update_from_sms('error', failure_type, failure_reason)
        return error_status, failure_type, failure_reason
