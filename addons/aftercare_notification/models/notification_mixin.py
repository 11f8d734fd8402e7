from odoo import api, models


class NotificationMixin(models.AbstractModel):
    """Lets a model say who is meant by the audiences of its events."""

    _name = 'notification.mixin'
    _description = 'Notification Mixin'

    # === BUSINESS METHODS === #
    def _notification_get_recipients(self, audience):
        """Return who is told about each record.

        The default knows the customer (``partner_id``) and the agent (``user_id``).

        :param str audience: a key of ``notification.rule.audience``
        :return: dict of record id → ``res.partner`` recordset, possibly empty
        """
        return self.env['notification.mixin']._notification_get_default_recipients(self, audience)

    @api.model
    def _notification_get_default_recipients(self, records, audience):
        """Do the same for records of a model that does not inherit this mixin."""
        Partner = self.env['res.partner']
        if audience == 'customer' and 'partner_id' in records._fields:
            return {record.id: record.partner_id for record in records}
        if audience == 'agent' and 'user_id' in records._fields:
            return {record.id: record.user_id.partner_id for record in records}
        return dict.fromkeys(records.ids, Partner)

    def _notification_get_extra(self, code):
        """Return what the templates need to know of the moment the event happened.

        Messages are rendered later, when the records may have changed.

        :param str code: code of the event
        :return: dict of record id → dict of values, which must be fit for JSON
        """
        return {}

    def _notification_filter_relevant(self, code):
        """Return the records for which a message that had to wait is still worth sending."""
        return self

    def _notification_get_quiet_calendar(self, partner, audience):
        """Return the ``resource.calendar`` of the person's working time."""
        self.ensure_one()
        company = self._mail_get_companies(default=self.env.company)[self.id]
        return partner._notification_get_working_calendar(company)

    def _notification_get_url(self, partner, audience):
        """Return the address of the page the message's button leads to, or False."""
        self.ensure_one()
        return self.env['notification.mixin']._notification_get_default_url(self, audience)

    @api.model
    def _notification_get_default_url(self, record, audience):
        """Do the same for a record of a model that does not inherit this mixin."""
        if audience != 'customer':
            return f'/mail/view?model={record._name}&res_id={record.id}'
        return record.get_portal_url() if hasattr(record, 'get_portal_url') else False
