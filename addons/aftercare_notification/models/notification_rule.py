from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

CHANNEL_ICONS = {'mail': 'fa-envelope-o', 'sms': 'fa-mobile', 'inapp': 'fa-bell-o'}


class NotificationRule(models.Model):
    """Who is told about an event, over which channel, with which words and when."""

    _name = 'notification.rule'
    _inherit = ['mail.render.mixin']
    _description = 'Notification Rule'
    _order = 'event_id, audience, channel, company_id, id'

    # the text may hold placeholders: only template editors may write the unsafe ones
    _unrestricted_rendering = True

    event_id = fields.Many2one('notification.event', required=True, ondelete='cascade', index=True)
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
    delay = fields.Integer(string="Delay (minutes)", help="How long after the event it is sent.")
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
    mail_subject = fields.Char(related='mail_template_id.subject', string="Subject", readonly=False)
    mail_body = fields.Html(
        related='mail_template_id.body_html',
        string="E-mail Body",
        readonly=False,
        sanitize='email_outgoing',
        render_engine='qweb',
        render_options={'post_process': True},
    )
    sms_body = fields.Char(related='sms_template_id.body', string="SMS Text", readonly=False)

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

    @api.depends('event_id.model')
    def _compute_render_model(self):
        for rule in self:
            rule.render_model = rule.event_id.model

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

    # === BUSINESS METHODS === #
    @api.model
    def _get_audiences(self):
        """Return the pairs (code, translated label) of all audiences."""
        return self._fields['audience']._description_selection(self.env)

    @api.model
    def _get_channels(self):
        """Return the pairs (code, translated label) of all channels."""
        return self._fields['channel']._description_selection(self.env)

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
