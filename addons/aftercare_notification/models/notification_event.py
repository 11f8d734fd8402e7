import logging

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_duration, ormcache

from .notification_rule import CHANNEL_ICONS

_logger = logging.getLogger(__name__)


class NotificationEvent(models.Model):
    """Something that happens in the product and that people may be told about."""

    _name = 'notification.event'
    _description = 'Notification Event'
    _order = 'group_id, sequence, id'
    _rec_names_search = ['name', 'code']

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The name under which the program raises the event.")
    description = fields.Char(translate=True, help="When it happens, in one sentence.")
    group_id = fields.Many2one(
        'notification.group',
        ondelete='restrict',
        index=True,
        required=True,
        default=lambda self: self.env.ref(
            'aftercare_notification.notification_group_general', raise_if_not_found=False
        ),
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    model_id = fields.Many2one('ir.model', string="Applies to", required=True, ondelete='cascade')
    model = fields.Char(string="Model Name", related='model_id.model', store=True)
    audiences = fields.Char(
        required=True,
        default='customer,agent,manager',
        help="Codes of the audiences that make sense for this event, separated by commas.",
    )
    is_security = fields.Boolean(
        string="Security Event",
        help="Customers can not switch off its messages.",
    )
    rule_ids = fields.One2many('notification.rule', 'event_id', context={'active_test': False})

    _code_uniq = models.Constraint('UNIQUE(code)', "The code of an event must be unique.")

    # === CONSTRAINT METHODS === #
    @api.constrains('audiences')
    def _check_audiences(self):
        known = {code for code, _label in self.env['notification.rule']._get_audiences()}
        for event in self:
            if unknown := set(event._get_audience_codes()) - known:
                raise ValidationError(
                    self.env._(
                        "“%(event)s” names unknown audiences: %(audiences)s.",
                        event=event.name,
                        audiences=", ".join(sorted(unknown)),
                    )
                )

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        self.env.registry.clear_cache()
        return events

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === ACTION METHODS === #
    @api.model
    def get_matrix(self):
        """Return all that the settings screen shows, in the user's language.

        :return: dict with ``audiences`` (with the channels that reach them), ``channels``,
            ``groups`` with their events and ``cells`` (audience.channel → rule), ``status``
        """
        Rule = self.env['notification.rule']
        test_event = self.env.ref('aftercare_notification.notification_event_test')
        events = self.search([('id', '!=', test_event.id)])
        rules = Rule.with_context(active_test=False).search([('event_id', 'in', events.ids)])
        cells, own_rules = {}, {}
        for rule in rules:
            key = f'{rule.audience}.{rule.channel}'
            if rule.company_id:
                own_rules.setdefault((rule.event_id, key), []).append(rule.company_id.name)
            else:
                cells.setdefault(rule.event_id, {})[key] = rule._prepare_matrix_cell()
        for (event, key), companies in own_rules.items():
            cell = cells.setdefault(event, {}).setdefault(key, {'id': False, 'active': False})
            cell['companies'] = companies
        return {
            'audiences': [
                {'code': code, 'label': label, 'channels': Rule._get_audience_channels(code)}
                for code, label in Rule._get_audiences()
            ],
            'channels': [
                {'code': code, 'label': label, 'icon': CHANNEL_ICONS.get(code, 'fa-paper-plane-o')}
                for code, label in Rule._get_channels()
            ],
            'groups': [
                {
                    'id': group.id,
                    'name': group.name,
                    'icon': group.icon,
                    'events': [
                        {
                            'id': event.id,
                            'name': event.name,
                            'code': event.code,
                            'description': event.description or '',
                            'is_security': event.is_security,
                            'audiences': event._get_audience_codes(),
                            'cells': cells.get(event, {}),
                        }
                        for event in group_events
                    ],
                }
                for group, group_events in events.grouped('group_id').items()
            ],
            'status': self._get_matrix_status(),
            'can_edit': Rule.has_access('write'),
        }

    def _get_matrix_status(self):
        """Return how the queue is doing and what holds messages back."""
        company = self.env.company
        counts = dict(
            self.env['notification.log']._read_group(
                [('create_date', '>=', 'today -7d'), ('is_test', '=', False)],
                ['state'],
                ['__count'],
            )
        )
        gateways = dict(company._fields['sms_gateway']._description_selection(self.env))
        return {
            'counts': counts,
            'quiet_hours': company.notification_quiet_hours
            and [
                format_duration(company.notification_quiet_from),
                format_duration(company.notification_quiet_to),
            ],
            'do_not_disturb': company.notification_do_not_disturb,
            'sms_gateway': gateways[company.sms_gateway],
            'is_sms_log': company.sms_gateway == 'log',
        }

    @api.model
    def send_test(self):
        """Send a test to the current user over every channel.

        :return: list of ``{'channel', 'title', 'message', 'type'}``, one for each channel
        """
        rules = self.env.ref('aftercare_notification.notification_event_test').rule_ids
        rules.check_access('write')
        return [
            {'channel': rule.channel} | rule._send_test()._prepare_test_result()
            for rule in rules.filtered('active')
        ]

    # === BUSINESS METHODS === #
    @api.model
    def _notify(self, code, records, extra=None):
        """Queue the messages that the rules of an event ask for.

        Costs the same number of queries for one record and for many. Never raises (but for
        a conflict with another transaction, which is to be retried): what goes wrong is a
        failed row in the log. The messages are rendered and sent after the commit.

        :param str code: code of the event; unknown or archived: nothing happens
        :param records: the records it happened to, all of the event's model
        :param dict extra: values for the templates (``extra.get('reason')``), fit for JSON;
            or a dict of record id → such values
        :return: the new ``notification.log`` rows, as superuser
        """
        return self._notify_many([(code, records, extra)])

    @api.model
    def _notify_many(self, happenings):
        """Do the same for several events at the cost of one.

        :param list happenings: tuples (code, records, extra), see ``_notify``
        """
        Log = self.env['notification.log'].sudo()
        if self.env.context.get('notification_disable'):
            return Log
        happenings = [
            (event_id, code, records.sudo(), extra)
            for code, records, extra in happenings
            if records and (event_id := self._get_id(code))
        ]
        if not happenings:
            return Log
        ids = [event_id for event_id, _code, _records, _extra in happenings]
        happenings = [
            (self.sudo().browse(event_id).with_prefetch(ids), code, records, extra)
            for event_id, code, records, extra in happenings
        ]
        # not cr.savepoint(): that one runs the precommit hooks, which belong to the caller
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            with savepoint:
                vals_list = []
                for event, code, records, extra in happenings:
                    vals_list += event._prepare_logs(code, records, extra)
                logs = Log.create(vals_list)
                logs._trigger_cron()
                logs.flush_model()
                return logs
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self.env.transaction.clear()
            if len(happenings) > 1:
                # The events that are well must not suffer from the one that is not.
                for _event, code, records, extra in happenings:
                    Log += self._notify(code, records, extra)
                return Log
            [(event, code, records, _extra)] = happenings
            _logger.exception("Event %s on %s can not be notified", code, records)
            return event._create_failed_logs(records, error)

    @api.model
    @ormcache('code')
    def _get_id(self, code):
        # sudo: notification.event - events happen whoever is at work
        return self.sudo().search([('code', '=', code)]).id

    def _prepare_logs(self, code, records, extra):
        """Return the values of one row for each record, person and channel that the rules name."""
        now = fields.Datetime.now()
        companies = records._mail_get_companies(default=self.env.company)
        rules = self._get_rules(self.env['res.company'].union(*companies.values()))
        recipients = {
            audience: self._get_recipients(records, audience)
            for audience in {rule.audience for found in rules.values() for rule in found}
        }
        extras = self._get_extras(code, records, extra)
        author = self.env.user.partner_id
        seen, vals_list = set(), []
        for record in records:
            for rule in rules[companies[record.id]]:
                for partner in recipients[rule.audience].get(record.id, ()):
                    # one person who is agent and manager at once is told once
                    key = (record.id, rule.channel, partner.id)
                    if key in seen or (rule.skip_author and partner == author):
                        continue
                    seen.add(key)
                    vals_list.append(
                        rule._prepare_log_values(record, companies[record.id], now)
                        | {'partner_id': partner.id, 'extra': extras.get(record.id)}
                    )
        return vals_list

    def _create_failed_logs(self, records, error):
        """Leave a trace of an event whose recipients could not be found out."""
        rules = self._get_rules(self.env.company)[self.env.company]
        return (
            self.env['notification.log']
            .sudo()
            .create(
                [
                    {
                        'event_id': self.id,
                        'rule_id': rule.id,
                        'audience': rule.audience,
                        'channel': rule.channel,
                        'company_id': self.env.company.id,
                        'res_model': record._name,
                        'res_id': record.id,
                        'state': 'failed',
                        'reason': 'no_recipient',
                        'detail': str(error),
                    }
                    for record in records
                    for rule in rules
                ]
            )
        )

    def _get_rules(self, companies):
        """Return the rules in force: a company's own rule, even off, hides the general one.

        :return: dict of company → active ``notification.rule`` in the order of the audiences
        """
        self.ensure_one()
        together = [
            id_
            for event in self.browse(self._prefetch_ids)
            for company in companies
            for id_ in event._get_rule_ids(company.id)
        ]
        Rule = self.env['notification.rule'].sudo()
        return {
            company: Rule.browse(self._get_rule_ids(company.id)).with_prefetch(together)
            for company in companies
        }

    @ormcache('self.id', 'company_id')
    def _get_rule_ids(self, company_id):
        # sudo: notification.rule - the rules hold for everybody, whoever may read them
        Rule = self.env['notification.rule'].sudo().with_context(active_test=False)
        rules = Rule.search(
            Domain('event_id', '=', self.id) & Domain('company_id', 'in', [False, company_id])
        )
        chosen = {
            (rule.audience, rule.channel): rule
            for rule in rules.sorted(lambda rule: bool(rule.company_id))
        }
        order = [code for code, _label in Rule._get_audiences()]
        active = (rule for rule in rules if rule.active and rule in chosen.values())
        return tuple(
            rule.id for rule in sorted(active, key=lambda rule: order.index(rule.audience))
        )

    def _get_audience_codes(self):
        self.ensure_one()
        return [code.strip() for code in self.audiences.split(',') if code.strip()]

    @api.model
    def _get_recipients(self, records, audience):
        """Ask the records, or do the usual for a model without the mixin."""
        if hasattr(records, '_notification_get_recipients'):
            return records._notification_get_recipients(audience)
        return self.env['notification.mixin']._notification_get_default_recipients(
            records, audience
        )

    @api.model
    def _get_extras(self, code, records, extra):
        """Return dict of record id → values for the templates, or an empty dict."""
        extra = extra or {}
        is_per_record = bool(extra) and all(isinstance(key, int) for key in extra)
        own = (
            records._notification_get_extra(code)
            if hasattr(records, '_notification_get_extra')
            else {}
        )
        result = {}
        for record in records:
            given = extra.get(record.id, {}) if is_per_record else extra
            if values := own.get(record.id, {}) | given:
                result[record.id] = values
        return result
