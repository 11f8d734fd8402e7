from odoo import fields, models


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'notification.mixin']

    notification_count = fields.Integer(
        string="Notifications",
        compute='_compute_notification_count',
        groups='aftercare_base.aftercare_base_group_user',
    )

    # === COMPUTE METHODS === #
    def _compute_notification_count(self):
        counts = dict(
            self.env['notification.log']._read_group(
                [('partner_id', 'in', self.ids)], ['partner_id'], ['__count']
            )
        )
        for partner in self:
            partner.notification_count = counts.get(partner._origin, 0)

    # === ACTION METHODS === #
    def action_view_notifications(self):
        """Open what was sent to the contact."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_notification.notification_log_action'
        )
        return action | {
            'domain': [('partner_id', '=', self.id)],
            'context': {'search_default_all': True},
        }

    # === BUSINESS METHODS === #
    def _notification_get_recipients(self, audience):
        """A contact is its own customer."""
        if audience == 'customer':
            return {partner.id: partner for partner in self}
        return super()._notification_get_recipients(audience)

    def _notification_get_user(self):
        """Return the person's internal user, or an empty recordset."""
        return self.user_ids.filtered(lambda user: user.active and not user.share)[:1]

    def _notification_get_working_calendar(self, company):
        """Return the working time of a person: one's own, else that of the company."""
        self.ensure_one()
        user = self._notification_get_user()
        return user.resource_calendar_id or company.resource_calendar_id

    # === BUSINESS METHODS: PREFERENCES === #
    def _notification_get_preferences(self):
        """Return what a person may switch on and off: what is sent to customers at all.

        :return: dict with ``groups``, ``channels`` (pairs of code and label), ``switches``
            (dict of (group, channel code) → whether it is on) and ``security_events``
        """
        self.ensure_one()
        # sudo: notification.rule, notification.optout - customers read and write their own
        # preferences only, through this method
        Rule = self.env['notification.rule'].sudo()
        company = self.company_id or self.env.company
        rules = Rule.search(
            [
                ('audience', '=', 'customer'),
                ('channel', 'in', Rule._get_audience_channels('customer')),
                ('event_id.active', '=', True),
                (
                    'event_id',
                    '!=',
                    self.env.ref('aftercare_notification.notification_event_test').id,
                ),
                ('company_id', 'in', (False, company.id)),
            ]
        )
        optouts = self.env['notification.optout'].sudo().search([('partner_id', '=', self.id)])
        off = {(optout.group_id, optout.channel) for optout in optouts}
        optional = rules.filtered(lambda rule: not rule.event_id.is_security)
        groups = optional.event_id.group_id.sorted()
        used = {(rule.event_id.group_id, rule.channel) for rule in optional}
        return {
            'groups': groups,
            'channels': [
                (code, label)
                for code, label in Rule._get_channels()
                if any(channel == code for _group, channel in used)
            ],
            'switches': {key: key not in off for key in used},
            'security_events': (rules - optional).event_id.sorted(),
        }

    def _notification_set_preferences(self, switches, wanted):
        """Save which messages a person wants.

        :param switches: the keys (group, channel code) that were offered
        :param wanted: those of them that are on
        """
        self.ensure_one()
        # sudo: see _notification_get_preferences
        Optout = self.env['notification.optout'].sudo()
        existing = Optout.search([('partner_id', '=', self.id)])
        off = {(optout.group_id, optout.channel) for optout in existing}
        existing.filtered(lambda optout: (optout.group_id, optout.channel) in wanted).unlink()
        Optout.create(
            [
                {'partner_id': self.id, 'group_id': group.id, 'channel': channel}
                for group, channel in switches
                if (group, channel) not in wanted and (group, channel) not in off
            ]
        )
