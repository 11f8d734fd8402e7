from odoo import models

# what the gateway may accept later
TRANSIENT_FAILURES = {'sms_server', 'sms_credit', 'unknown'}


class NotificationLog(models.Model):
    """The SMS channel."""

    # one file for each channel, as another addon would add one
    _inherit = 'notification.log'  # pylint: disable=consider-merging-classes-inherited

    def _find_sms_obstacle(self, facts):
        if not self.partner_id.phone:
            return 'skipped', 'no_address'
        self.address = self.partner_id.phone
        number = self._find_number()
        if not number:
            return 'failed', 'bad_address', self.partner_id.phone
        self.address = number
        if number in facts['blacklist']:
            return 'skipped', 'blacklisted'
        return None

    def _find_number(self):
        """Return the recipient's telephone number in international form, or False."""
        return bool(self.partner_id.phone) and self.partner_id._phone_format(
            country=self.partner_id.country_id or self.company_id.country_id
        )

    def _deliver_sms(self, record, message):
        """Put an SMS into Odoo's outgoing queue; its tracker brings back what becomes of it."""
        sms = (
            self.env['sms.sms']
            .with_company(self.company_id)
            .create(
                {
                    'number': self.address,
                    'body': message['body'],
                    'partner_id': self.partner_id.id,
                    'record_company_id': self.company_id.id,
                }
            )
        )
        self.env['sms.tracker'].create({'sms_uuid': sms.uuid, 'notification_log_id': self.id})
        self._set_handed_over(message, sms_id=sms.id)

    def _update_from_sms(self, sms_state, failure_type, failure_reason):
        """Write down what the gateway said about SMS, at once or in a delivery report."""
        rows = self.sudo()
        if sms_state == 'error':
            labels = dict(
                self.env['mail.notification']
                ._fields['failure_type']
                ._description_selection(self.env)
            )
            rows._set_failed(
                'transport',
                failure_reason or labels.get(failure_type),
                is_transient=failure_type in TRANSIENT_FAILURES,
            )
            rows._trigger_cron()
        elif sms_state == 'canceled':
            rows._finish('skipped', 'cancelled', self.env.user.name)
        elif sms_state == 'outgoing':
            rows.write({'state': 'queued', 'reason': 'handed_over', 'next_try': False})
        else:
            rows._set_sent(reason='delivered' if sms_state == 'sent' else 'accepted')
