from odoo import api, fields, models


class NotificationLog(models.Model):
    """One message to one person over one channel, and what became of it."""

    _name = 'notification.log'
    _description = 'Notification Log'
    _order = 'id desc'
    _rec_name = 'event_id'

    event_id = fields.Many2one('notification.event', required=True, ondelete='cascade', index=True)
    group_id = fields.Many2one(related='event_id.group_id', string="Group")
    rule_id = fields.Many2one('notification.rule', ondelete='set null', index='btree_not_null')
    audience = fields.Selection(
        selection=lambda self: self.env['notification.rule']._get_audiences(), required=True
    )
    channel = fields.Selection(
        selection=lambda self: self.env['notification.rule']._get_channels(), required=True
    )
    company_id = fields.Many2one('res.company', ondelete='cascade', index='btree_not_null')
    res_model = fields.Char(string="Document Model", required=True)
    res_id = fields.Many2oneReference(string="Document ID", model_field='res_model', required=True)
    res_name = fields.Char(string="Document")
    partner_id = fields.Many2one(
        'res.partner', string="Recipient", ondelete='cascade', index='btree_not_null'
    )
    address = fields.Char(help="The e-mail address or telephone number it was sent to.")
    lang = fields.Char(string="Language")
    subject = fields.Char()
    body = fields.Text(string="Message", help="What the recipient read, as plain text.")
    state = fields.Selection(
        [
            ('queued', "Queued"),
            ('waiting', "Waiting"),
            ('sent', "Sent"),
            ('failed', "Failed"),
            ('skipped', "Skipped"),
        ],
        required=True,
        default='queued',
    )
    reason = fields.Char(help="Why it is in this state, in plain words.")
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(
        help="When it is taken up (again). Empty when nothing is left to do."
    )
    sent_date = fields.Datetime(string="Sent on")
    is_urgent = fields.Boolean(string="Urgent")
    is_test = fields.Boolean(string="Test")
    extra = fields.Json()
    mail_mail_id = fields.Many2one(
        'mail.mail', string="E-mail", ondelete='set null', index='btree_not_null'
    )
    message_id = fields.Char(string="Message-Id", index='btree_not_null')
    mail_message_id = fields.Many2one(
        'mail.message', string="In-app Message", ondelete='set null', index='btree_not_null'
    )
    sms_id = fields.Many2one('sms.sms', string="SMS", ondelete='set null', index='btree_not_null')

    _due_idx = models.Index('(next_try) WHERE next_try IS NOT NULL')
    _state_idx = models.Index("(state, id) WHERE state != 'sent'")
    _document_idx = models.Index('(res_model, res_id)')
    _create_date_idx = models.Index('(create_date)')

    # === BUSINESS METHODS === #
    def _trigger_cron(self):
        """Have the queue worked off when the first of these rows is due."""
        if moments := {row.next_try for row in self if row.next_try}:
            self.env.ref('aftercare_notification.ir_cron_notification_queue')._trigger(
                at=sorted(moments)
            )

    @api.model
    def _process_queue(self):
        """Scheduled action: send what is due."""

    @api.model
    def _on_message_deleted(self, field, message_ids):
        """Mark as skipped what was taken out of the outgoing queue before it was sent."""

    @api.model
    def _update_from_mails(self, mails, failure_reason, failure_type):
        """Write down what became of e-mails."""

    @api.model
    def _update_from_bounce(self, message_dict):
        """Mark as failed what the recipient's mail server returned."""

    def _update_from_sms(self, sms_state, failure_type, failure_reason):
        """Write down what became of SMS."""
