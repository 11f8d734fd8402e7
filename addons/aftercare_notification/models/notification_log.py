import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_datetime
from odoo.tools.constants import GC_UNLINK_LIMIT

_logger = logging.getLogger(__name__)

# minutes until the next try after the first, second … failure; then it is given up
RETRY_DELAYS = (5, 30, 120, 480)
DAYS_KEPT = 180


class NotificationLog(models.Model):
    """One message to one person over one channel, and what became of it."""

    _name = 'notification.log'
    _description = 'Notification Log'
    _order = 'id desc'
    _rec_name = 'event_id'
    _rec_names_search = ['partner_id', 'address', 'res_name']

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
    reason = fields.Selection(
        [
            # waiting
            ('delayed', "Sent later by its rule"),
            ('quiet', "Quiet hours"),
            ('off_work', "Outside the recipient's working time"),
            # queued, sent
            ('handed_over', "In the outgoing queue"),
            ('accepted', "Accepted by the gateway"),
            ('delivered', "Delivered"),
            # skipped
            ('no_recipient', "The recipient is not known"),
            ('no_address', "The recipient has no address for this channel"),
            ('no_user', "The recipient does not work in the back office"),
            ('archived', "The recipient is archived"),
            ('opted_out', "Switched off by the recipient"),
            ('blacklisted', "The number is on the blacklist"),
            ('rule_off', "The rule was switched off"),
            ('no_document', "The document does not exist any more"),
            ('irrelevant', "No longer of interest"),
            ('cancelled', "Cancelled"),
            # failed
            ('bad_address', "The address is not valid"),
            ('template', "The template has an error"),
            ('transport', "Delivery failed"),
            ('bounced', "Returned by the recipient's mail server"),
            ('error', "Unexpected error"),
        ],
    )
    detail = fields.Char(help="What the template, the mail server or the gateway said.")
    explanation = fields.Char(
        compute='_compute_explanation', help="Why it is in this state, in plain words."
    )
    attempts = fields.Integer()
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
    mail_message_id = fields.Many2one(
        'mail.message', string="Message Record", ondelete='set null', index='btree_not_null'
    )
    message_id = fields.Char(string="Message-Id", index='btree_not_null')
    sms_id = fields.Many2one('sms.sms', string="SMS", ondelete='set null', index='btree_not_null')

    _due_idx = models.Index('(next_try) WHERE next_try IS NOT NULL')
    _state_idx = models.Index("(state, id) WHERE state != 'sent'")
    _document_idx = models.Index('(res_model, res_id)')
    _create_date_idx = models.Index('(create_date)')

    # === COMPUTE METHODS === #
    @api.depends('state', 'reason', 'detail', 'next_try')
    @api.depends_context('lang', 'tz')
    def _compute_explanation(self):
        reasons = dict(self._fields['reason']._description_selection(self.env))
        for row in self:
            text = reasons.get(row.reason, "")
            if text and row.detail:
                text = self.env._("%(reason)s: %(detail)s", reason=text, detail=row.detail)
            if row.next_try and row.state in ('waiting', 'failed'):
                moment = format_datetime(
                    self.env, row.next_try, tz=self.env.context.get('tz'), dt_format='short'
                )
                if row.state == 'waiting':
                    text = self.env._("%(reason)s, until %(moment)s", reason=text, moment=moment)
                else:
                    text = self.env._("%(reason)s. Next try %(moment)s", reason=text, moment=moment)
            row.explanation = text

    # === ACTION METHODS === #
    def action_retry(self):
        """Take failed and skipped messages up again, as if they had just been queued."""
        rows = self._as_manager().filtered(lambda row: row.state in ('failed', 'skipped'))
        rows._drop_messages()
        rows._queue({'attempts': 0})

    def action_send_now(self):
        """Send waiting messages in spite of delay, quiet hours and working time."""
        rows = self._as_manager().filtered(lambda row: row.state == 'waiting')
        rows._queue({'is_urgent': True})

    def action_cancel(self):
        """Do not send what has not been handed over yet."""
        rows = self._as_manager().filtered('next_try')
        rows._finish('skipped', 'cancelled', self.env.user.name)

    def action_open_document(self):
        """Open the record the message is about."""
        self.ensure_one()
        if (
            self.res_model not in self.env
            or not self.env[self.res_model].browse(self.res_id).exists()
        ):
            raise UserError(self.env._("The document does not exist any more."))
        return {
            'type': 'ir.actions.act_window',
            'res_model': self.res_model,
            'res_id': self.res_id,
            'views': [(False, 'form')],
        }

    def _as_manager(self):
        """Return the rows as superuser, who alone may write them, for a manager."""
        if not self.env.user.has_group('aftercare_base.aftercare_base_group_manager'):
            raise AccessError(self.env._("Only managers decide about messages in the log."))
        self.check_access('read')
        # sudo: notification.log - rows are written by the machinery only, never by hand
        return self.sudo()

    # === BUSINESS METHODS: QUEUE === #
    def _queue(self, vals):
        """Have the rows taken up at once."""
        self.write(
            {'state': 'queued', 'reason': False, 'detail': False}
            | {'next_try': fields.Datetime.now()}
            | vals
        )
        self._trigger_cron()

    def _trigger_cron(self):
        """Have the queue worked off when these rows are due."""
        if moments := {row.next_try for row in self if row.next_try}:
            queue_id = self.env['ir.model.data']._xmlid_to_res_id(
                'aftercare_notification.ir_cron_notification_queue', raise_if_not_found=True
            )
            # sudo: ir.cron - whatever happens may start the queue
            self.env['ir.cron'].sudo().browse(queue_id)._trigger(at=sorted(moments))

    @api.model
    def _process_queue(self, batch_size=100):
        """Scheduled action: take up what is due. May run several times at once.

        Each batch is a transaction: a row is handed over to the outgoing queue and marked so
        in the same commit, or not at all.
        """
        conflicts = 0
        while True:
            domain = [('next_try', '<=', fields.Datetime.now())]
            try:
                due = self.search(domain, limit=batch_size, order='next_try, id')
                rows = due.try_lock_for_update()
                rows._process()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # another run took some of them between our look and our grip
                self.env.cr.rollback()
                conflicts += 1
                if conflicts > 5:
                    raise
                continue
            remaining = self.search_count(domain) if len(due) == batch_size else 0
            time_left = self.env['ir.cron']._commit_progress(len(rows), remaining=remaining)
            if not rows or not remaining or not time_left:
                return

    def _process(self):
        """Send, hold back or skip each of these rows; a bad one does not stop the others."""
        rows = self.sudo()
        facts = rows._get_facts()
        for row in rows:
            try:
                with self.env.cr.savepoint():
                    row._process_one(facts)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.warning("Notification %s can not be sent", row.id, exc_info=True)
                row.attempts += 1
                row._set_failed('error', str(error), is_transient=True)
        if any(row.channel == 'mail' and row.reason == 'handed_over' for row in rows):
            self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()
        rows.filtered(lambda row: row.state in ('waiting', 'failed'))._trigger_cron()

    def _process_one(self, facts):
        self.ensure_one()
        if obstacle := self._find_obstacle(facts):
            self._finish(*obstacle)
            return
        record = self._get_record()
        reason, until = self._find_hold(record, facts['now'])
        if until:
            self.write({'state': 'waiting', 'reason': reason, 'next_try': until})
            return
        if 'outgoing' in (self.mail_mail_id.state, self.sms_id.state):
            # somebody has put the failed message back into the queue meanwhile
            self.write({'state': 'queued', 'reason': 'handed_over', 'next_try': False})
            return
        self._drop_messages()
        self.write({'attempts': self.attempts + 1, 'lang': record.env.lang})
        try:
            with self.env.cr.savepoint():
                message = self.rule_id._render_message(self, record)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.info("Notification %s can not be rendered", self.id, exc_info=True)
            self._set_failed('template', self._get_template_error(error))
            return
        getattr(self, f'_deliver_{self.channel}')(record, message)

    def _get_facts(self):
        """Look up for all rows at once what decides about them."""
        existing, relevant = set(), set()
        for (model, event), rows in self.grouped(lambda row: (row.res_model, row.event_id)).items():
            if model not in self.env:
                continue
            records = self.env[model].browse(set(rows.mapped('res_id'))).exists()
            existing.update((model, id_) for id_ in records.ids)
            if hasattr(records, '_notification_filter_relevant'):
                records = records._notification_filter_relevant(event.code)
            relevant.update((event, id_) for id_ in records.ids)
        optouts = self.env['notification.optout'].search(
            [('partner_id', 'in', self.partner_id.ids)]
        )
        numbers = {row._find_number() for row in self if row.channel == 'sms'}
        return {
            'now': fields.Datetime.now(),
            'existing': existing,
            'relevant': relevant,
            'optouts': {(out.partner_id, out.group_id, out.channel) for out in optouts},
            'blacklist': set(
                self.env['phone.blacklist']
                .search([('number', 'in', [number for number in numbers if number])])
                .mapped('number')
            ),
        }

    def _find_obstacle(self, facts):
        """Return the state, the reason and a detail why a row is not sent, or None."""
        self.ensure_one()
        partner = self.partner_id
        if not partner:
            return 'skipped', 'no_recipient'
        if not self.rule_id.active and not self.is_test:
            return 'skipped', 'rule_off'
        if (self.res_model, self.res_id) not in facts['existing']:
            return 'skipped', 'no_document'
        if (self.event_id, self.res_id) not in facts['relevant'] and not self.is_test:
            return 'skipped', 'irrelevant'
        if not partner.active:
            return 'skipped', 'archived'
        if (
            self._is_optional()
            and (partner, self.event_id.group_id, self.channel) in facts['optouts']
        ):
            return 'skipped', 'opted_out'
        return getattr(self, f'_find_{self.channel}_obstacle')(facts)

    def _is_optional(self):
        """Customers may switch off what is not about their security. Staff may not."""
        return self.audience == 'customer' and not self.event_id.is_security and not self.is_test

    def _find_hold(self, record, now):
        """Tell whether a message has to wait for a better time.

        :return: the reason and the moment (naive UTC), both None when it is sent now
        """
        self.ensure_one()
        if self.is_urgent or self.is_test:
            return None, None
        rule, company, partner = self.rule_id, self.company_id, self.partner_id
        is_disturbing = self.channel != 'inapp' and partner._notification_get_user()
        must_be_working = rule.quiet_policy == 'working' or (
            company.notification_do_not_disturb and is_disturbing
        )
        if must_be_working:
            opening = self._get_next_opening(record, now)
            # a calendar without working time would hold it back for ever
            if opening:
                return ('off_work', opening) if opening > now else (None, None)
        if rule.quiet_policy != 'always':
            if until := company._get_quiet_end(now, partner.tz):
                return 'quiet', until
        return None, None

    def _get_next_opening(self, record, now):
        """Hook: the moment (naive UTC) from which on the recipient is at work, False for never."""
        calendar = self._get_calendar(record)
        return calendar and calendar._get_next_opening(now)

    def _get_calendar(self, record):
        if hasattr(record, '_notification_get_quiet_calendar'):
            return record._notification_get_quiet_calendar(self.partner_id, self.audience)
        return self.partner_id._notification_get_working_calendar(self.company_id)

    def _get_record(self):
        """Return the document in the language, time zone and company of the recipient."""
        self.ensure_one()
        partner = self.partner_id
        lang = partner.lang or self.company_id.partner_id.lang or self.env.lang
        return (
            self.env[self.res_model]
            .with_company(self.company_id)
            .with_context(
                lang=lang,
                tz=partner.tz or self.company_id.resource_calendar_id.tz,
                # makes templates with a language of their own follow the recipient's
                template_preview_lang=lang,
                notification_recipient_id=partner.id,
                notification_extra=self.extra or {},
            )
            .browse(self.res_id)
        )

    def _get_template_error(self, error):
        """Return the line that tells the author of a template what to mend."""
        cause = error.__cause__ or error
        cause = cause.__cause__ or cause
        lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
        return lines[0] if lines else type(cause).__name__

    # === BUSINESS METHODS: DELIVERY === #
    def _send_handed_over(self):
        """Send at once what waits in the outgoing queues, to see what comes of it."""
        self.mail_mail_id.send()
        self.sms_id.send()

    # === BUSINESS METHODS: STATE === #
    def _set_handed_over(self, message, **links):
        self.write(
            {
                'state': 'queued',
                'reason': 'handed_over',
                'detail': False,
                'next_try': False,
                'subject': message.get('subject'),
                'body': message['plain'],
                **links,
            }
        )

    def _set_sent(self, reason=False, **vals):
        self.write(
            {
                'state': 'sent',
                'reason': reason,
                'detail': False,
                'next_try': False,
                'sent_date': fields.Datetime.now(),
                **vals,
            }
        )

    def _set_failed(self, reason, detail=False, is_transient=False):
        """Note a failure; if it may pass, try again a little later each time."""
        for row in self:
            tries = max(row.attempts, 1)
            is_retried = is_transient and tries <= len(RETRY_DELAYS) and not row.is_test
            row.write(
                {
                    'state': 'failed',
                    'reason': reason,
                    'detail': detail,
                    'attempts': tries,
                    'next_try': is_retried
                    and fields.Datetime.now() + timedelta(minutes=RETRY_DELAYS[tries - 1]),
                }
            )

    def _finish(self, state, reason, detail=False):
        """Close rows that will not be sent."""
        self.write({'state': state, 'reason': reason, 'detail': detail, 'next_try': False})

    def _drop_messages(self):
        """Delete failed messages from the outgoing queues before others take their place."""
        self.mail_mail_id.filtered(lambda mail: mail.state in ('exception', 'cancel')).unlink()
        sms = self.sms_id.filtered(lambda sms: sms.state in ('error', 'canceled'))
        sms.sms_tracker_id.unlink()
        sms.unlink()

    # === BUSINESS METHODS: FEEDBACK === #
    @api.model
    def _on_message_deleted(self, field, message_ids):
        """Mark as skipped what was taken out of the outgoing queue before it was sent."""
        rows = self.sudo().search([(field, 'in', message_ids), ('state', '=', 'queued')])
        rows._finish('skipped', 'cancelled', self.env.user.name)

    def _prepare_test_result(self):
        """Return the parameters of a notification that tells how a test went."""
        self.ensure_one()
        titles = dict(self._fields['state']._description_selection(self.env))
        message = self.explanation
        if self.state == 'sent':
            message = self.env._(
                "“%(event)s” about %(document)s went to %(address)s.",
                event=self.event_id.name,
                document=self.res_name,
                address=self.address,
            )
        return {
            'title': titles[self.state],
            'message': message,
            'type': {'sent': 'success', 'queued': 'info'}.get(self.state, 'danger'),
            'sticky': self.state not in ('sent', 'queued'),
        }

    # === BUSINESS METHODS: RETENTION === #
    @api.model
    def _get_days(self):
        """Return for how many days the log is kept."""
        days = self.env['ir.config_parameter'].sudo().get_param('aftercare_notification.log_days')
        return int(days or DAYS_KEPT)

    @api.autovacuum
    def _gc_notification_logs(self):
        """Delete old rows and their messages; close rows whose message has disappeared."""
        now = fields.Datetime.now()
        self.search(
            [
                ('state', '=', 'queued'),
                ('next_try', '=', False),
                ('mail_mail_id', '=', False),
                ('sms_id', '=', False),
                ('write_date', '<', now - timedelta(days=1)),
            ],
            limit=GC_UNLINK_LIMIT,
        )._finish('skipped', 'cancelled')
        rows = self.search(
            [
                ('next_try', '=', False),
                ('create_date', '<', now - timedelta(days=self._get_days())),
            ],
            limit=GC_UNLINK_LIMIT,
        )
        messages = rows.mail_message_id
        rows.unlink()
        messages.unlink()
        return len(rows), len(rows) == GC_UNLINK_LIMIT
