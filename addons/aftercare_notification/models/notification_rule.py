from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import html2plaintext, is_html_empty, plaintext2html
from odoo.tools.rendering_tools import convert_inline_template_to_qweb

from ..tools import get_inline_code, get_qweb_code, is_harmless

CHANNEL_ICONS = {'mail': 'fa-envelope-o', 'sms': 'fa-commenting-o', 'inapp': 'fa-bell-o'}


class NotificationRule(models.Model):
    """Who is told about an event, over which channel, with which words and when."""

    _name = 'notification.rule'
    _description = 'Notification Rule'
    _order = 'event_id, audience, channel, company_id, id'

    event_id = fields.Many2one('notification.event', required=True, ondelete='cascade', index=True)
    event_description = fields.Char(related='event_id.description')
    model = fields.Char(related='event_id.model')
    audience = fields.Selection(
        [('customer', "Customer"), ('agent', "Agent"), ('manager', "Manager")], required=True
    )
    channel = fields.Selection(
        [('mail', "E-mail"), ('sms', "SMS"), ('inapp', "In-app")], required=True
    )
    active = fields.Boolean(
        string="On", default=True, help="Whether messages are sent by this rule."
    )
    company_id = fields.Many2one(
        'res.company',
        index='btree_not_null',
        help="A rule of a company, even switched off, stands in for the general one there.",
    )
    mail_template_id = fields.Many2one(
        'mail.template',
        string="E-mail Template",
        ondelete='set null',
        index='btree_not_null',
        domain="[('model', '=', model)]",
        help="Its subject, body, attachments and sender are used. Recipients come from the rule.",
    )
    sms_template_id = fields.Many2one(
        'sms.template',
        string="SMS Template",
        ondelete='set null',
        index='btree_not_null',
        domain="[('model', '=', model)]",
    )
    text = fields.Text(
        translate=True,
        help="What an in-app message says, and an e-mail or SMS without a template. "
        "Placeholders: {{ object.display_name }}, {{ recipient.name }}, "
        "{{ extra.get('reason') }}.",
    )
    delay = fields.Integer(help="Minutes between the event and the message.")
    quiet_policy = fields.Selection(
        [
            ('always', "At once"),
            ('waking', "Outside quiet hours"),
            ('working', "In the recipient's working time"),
        ],
        string="When",
        required=True,
        default='waking',
    )
    is_urgent = fields.Boolean(
        string="Urgent",
        help="Nothing holds it back: neither quiet hours nor “do not disturb”.",
    )
    skip_author = fields.Boolean(
        string="Not to the Author",
        help="Whoever made it happen is not told about it.",
    )
    mail_subject = fields.Char(
        string="Subject", compute='_compute_words', inverse='_inverse_mail_subject'
    )
    mail_body = fields.Html(
        string="E-mail Body",
        compute='_compute_words',
        inverse='_inverse_mail_body',
        sanitize='email_outgoing',
    )
    sms_body = fields.Char(string="SMS Text", compute='_compute_words', inverse='_inverse_sms_body')

    _rule_uniq = models.UniqueIndex(
        '(event_id, audience, channel, COALESCE(company_id, 0))',
        "There is a rule for this event, audience, channel and company already.",
    )
    _delay_not_negative = models.Constraint('CHECK(delay >= 0)', "A delay can not be negative.")

    # === COMPUTE METHODS === #
    @api.depends('event_id.name', 'audience', 'channel')
    def _compute_display_name(self):
        audiences, channels = dict(self._get_audiences()), dict(self._get_channels())
        for rule in self:
            rule.display_name = " · ".join(
                filter(
                    None,
                    (
                        rule.event_id.name,
                        audiences.get(rule.audience),
                        channels.get(rule.channel),
                    ),
                )
            )

    @api.depends('mail_template_id.subject', 'mail_template_id.body_html', 'sms_template_id.body')
    @api.depends_context('lang')
    def _compute_words(self):
        for rule in self:
            rule.mail_subject = rule.mail_template_id.subject
            rule.mail_body = rule.mail_template_id.body_html
            rule.sms_body = rule.sms_template_id.body

    def _inverse_mail_subject(self):
        for rule in self:
            rule._write_words(rule.mail_template_id, 'subject', rule.mail_subject)

    def _inverse_mail_body(self):
        for rule in self:
            rule._write_words(rule.mail_template_id, 'body_html', rule.mail_body)

    def _inverse_sms_body(self):
        for rule in self:
            rule._write_words(rule.sms_template_id, 'body', rule.sms_body)

    # === CONSTRAINT METHODS === #
    @api.constrains('event_id', 'mail_template_id', 'sms_template_id')
    def _check_template_model(self):
        for rule in self:
            for template in (rule.mail_template_id, rule.sms_template_id):
                if template and template.model != rule.event_id.model:
                    raise ValidationError(
                        self.env._(
                            "The template “%(template)s” is not made for the records of “%(event)s”.",
                            template=template.name,
                            event=rule.event_id.name,
                        )
                    )

    @api.constrains('event_id', 'audience')
    def _check_audience(self):
        for rule in self:
            if rule.audience not in rule.event_id._get_audience_codes():
                raise ValidationError(
                    self.env._(
                        "“%(event)s” has no audience “%(audience)s”.",
                        event=rule.event_id.name,
                        audience=dict(self._get_audiences())[rule.audience],
                    )
                )

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_code(get_inline_code(vals.get('text')), set())
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        if 'text' in vals:
            for rule in self:
                rule._check_code(get_inline_code(vals['text']), rule._get_known_code(rule, 'text'))
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=''):
        """Override to check the placeholders of translations too."""
        if field_name == 'text':
            for rule in self:
                known = rule._get_known_code(rule, 'text')
                for text in translations.values():
                    rule._check_code(get_inline_code(text or ''), known)
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    # === ACTION METHODS === #
    def action_send_test(self):
        """Send this rule's message about the latest document to the current user, at once.

        :return: a notification that tells what came of it
        """
        self.ensure_one()
        self.check_access('write')
        row = self._send_test()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': row._prepare_test_result(),
        }

    def action_create_template(self):
        """Give an e-mail or SMS rule a template of its own that says what it says now."""
        self.ensure_one()
        self.check_access('write')
        text = self.text or "{{ object.display_name }}"
        vals = {'name': self.display_name, 'model_id': self.event_id.model_id.id}
        # sudo: mail.template, sms.template - the words are those of the rule, checked before
        if self.channel == 'sms':
            self.sms_template_id = self.env['sms.template'].sudo().create(vals | {'body': text})
        else:
            body = convert_inline_template_to_qweb(text).replace('\n', Markup('<br/>'))
            self.mail_template_id = (
                self.env['mail.template']
                .sudo()
                .create(
                    vals | {'subject': self.event_id.name, 'body_html': Markup('<p>%s</p>') % body}
                )
            )

    # === BUSINESS METHODS === #
    @api.model
    def _get_audiences(self):
        """Return the pairs (code, translated label) of all audiences."""
        return self._fields['audience']._description_selection(self.env)

    @api.model
    def _get_channels(self):
        """Return the pairs (code, translated label) of all channels."""
        return self._fields['channel']._description_selection(self.env)

    @api.model
    def _get_audience_channels(self, audience):
        """Return the codes of the channels by which an audience can be reached."""
        channels = [code for code, _label in self._get_channels()]
        # customers have no inbox, they do not work in the back office
        return [code for code in channels if (audience, code) != ('customer', 'inapp')]

    def _prepare_matrix_cell(self):
        """Return what the settings screen shows of a rule."""
        self.ensure_one()
        policies = dict(self._fields['quiet_policy']._description_selection(self.env))
        hints = [self.env._("Urgent") if self.is_urgent else policies[self.quiet_policy]]
        if self.delay:
            hints.append(self.env._("%(minutes)s minutes later", minutes=self.delay))
        return {
            'id': self.id,
            'active': self.active,
            'is_urgent': self.is_urgent,
            'delay': self.delay,
            'hint': " · ".join(hints),
        }

    def _prepare_log_values(self, record, company, now):
        """Return the values of a log row of this rule, but for the person."""
        self.ensure_one()
        return {
            'event_id': self.event_id.id,
            'rule_id': self.id,
            'audience': self.audience,
            'channel': self.channel,
            'is_urgent': self.is_urgent,
            'company_id': company.id,
            'res_model': record._name,
            'res_id': record.id,
            'res_name': record.display_name,
            'state': 'waiting' if self.delay else 'queued',
            'next_try': now + timedelta(minutes=self.delay),
        }

    # === BUSINESS METHODS: WORDS === #
    def _write_words(self, template, field, value):
        """Write the words of a template; who is no template editor may not add code to them."""
        self.ensure_one()
        if not template or template[field] == value:
            return
        get_code = get_qweb_code if field == 'body_html' else get_inline_code
        self._check_code(get_code(value), self._get_known_code(template, field))
        # sudo: mail.template, sms.template - managers choose the words of their notifications
        template.sudo()[field] = value

    def _get_known_code(self, template, field):
        """Return the placeholders that a field has in any language."""
        get_code = get_qweb_code if field == 'body_html' else get_inline_code
        stored = template._fields[field]._get_stored_translations(template.sudo()) or {}
        return set().union(*(get_code(text) for text in stored.values() if text))

    @api.model
    def _check_code(self, code, known):
        """Leave new placeholders to template editors, because they can run code.

        :raises ValidationError: naming the placeholders
        """
        if self.env.su or self.env.user.has_group('mail.group_mail_template_editor'):
            return
        refused = [item for item in code - known if not is_harmless(item)]
        if refused:
            names = ", ".join(
                sorted(item if isinstance(item, str) else item[1] for item in refused)
            )
            raise ValidationError(
                self.env._(
                    "Only template editors may add these placeholders: %(placeholders)s. "
                    "Everybody may use object.name, recipient.name and extra.get('…').",
                    placeholders=names,
                )
            )

    # === BUSINESS METHODS: RENDERING === #
    def _render_message(self, row, record):
        """Render the words of a message for one person.

        :param row: the ``notification.log`` row
        :param record: the document; its environment carries the recipient's language, time
            zone and company, and what the templates call ``recipient`` and ``extra``
        :return: dict with ``body``, ``plain`` and for an e-mail ``subject``, ``layout``, …
        :raises Exception: whatever the template raises
        """
        self.ensure_one()
        rule = self.with_env(record.env).sudo()
        if self.channel == 'sms':
            body = rule._render_sms(record)
            return {'body': body, 'plain': body}
        message = (
            rule._render_mail_template(record)
            if self.channel == 'mail' and self.mail_template_id
            else {'subject': rule.event_id.name, 'body': plaintext2html(rule._render_text(record))}
        )
        if is_html_empty(message['body']) or not message['subject']:
            raise UserError(self.env._("The subject or the body is empty."))
        message['plain'] = html2plaintext(message['body'])
        if self.channel == 'mail':
            message['layout'] = rule._render_layout(row, record, message)
        return message

    def _render_text(self, record):
        """Return the rule's own text, or at least what happened to which document."""
        text = self.env['mail.render.mixin']._render_template(
            self.text, record._name, record.ids, engine='inline_template'
        )[record.id]
        return text.strip() or f'{self.event_id.name}: {record.display_name}'

    def _render_sms(self, record):
        template = self.sms_template_id
        if not template:
            return self._render_text(record)
        body = template._render_field('body', record.ids)[record.id].strip()
        if not body:
            raise UserError(self.env._("The text is empty."))
        return body

    def _render_mail_template(self, record):
        values = self.mail_template_id._generate_template(
            record.ids,
            (
                'attachment_ids',
                'body_html',
                'email_from',
                'mail_server_id',
                'reply_to',
                'report_template_ids',
                'subject',
            ),
        )[record.id]
        return values | {'body': values['body_html']}

    def _render_layout(self, row, record, message):
        """Wrap the body of an e-mail: logo, button, how to switch it off."""
        url = (
            record._notification_get_url(row.partner_id, row.audience)
            if hasattr(record, '_notification_get_url')
            else self.env['notification.mixin']._notification_get_default_url(record, row.audience)
        )
        return self.env['mail.render.mixin']._render_encapsulate(
            self.mail_template_id.email_layout_xmlid or 'aftercare_notification.mail_layout',
            message['body'],
            add_context={
                'company': row.company_id,
                'subject': message['subject'],
                'has_button_access': bool(url),
                'button_access': {'url': url, 'title': self.env._("View details")},
                'is_optional': row._is_optional(),
                'direction': self.env['res.lang']
                ._get_data(code=self.env.lang or 'en_US')
                .direction,
            },
            context_record=record,
        )

    # === BUSINESS METHODS: TEST === #
    def _send_test(self):
        """Send the message to the current user in spite of switches and quiet hours.

        :return: the ``notification.log`` row, as superuser
        :raises UserError: when there is no document to write about
        """
        self.ensure_one()
        record = self._find_sample()
        if not record:
            raise UserError(
                self.env._(
                    "There is no “%(model)s” yet to use as a sample.",
                    model=self.event_id.sudo().model_id.name,
                )
            )
        company = record._mail_get_companies(default=self.env.company)[record.id]
        # sudo: notification.log - rows are written by the machinery only
        row = (
            self.env['notification.log']
            .sudo()
            .create(
                self._prepare_log_values(record, company, fields.Datetime.now())
                | {'partner_id': self.env.user.partner_id.id, 'is_test': True}
            )
        )
        row._process()
        row._send_handed_over()
        return row

    def _find_sample(self):
        """Return the latest document the current user may see."""
        if self.event_id.model == 'res.partner':
            return self.env.user.partner_id
        return self.env[self.event_id.model].search([], order='id desc', limit=1)
