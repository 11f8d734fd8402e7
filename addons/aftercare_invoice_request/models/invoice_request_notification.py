from odoo import models

from .invoice_request_flow import MANAGER_GROUP


class InvoiceRequest(models.Model):
    _inherit = 'invoice.request'

    # === BUSINESS METHODS: NOTIFICATION === #
    def _notify_state(self, code):
        """Tell whom the rules name that something has happened to the requests."""
        if self:
            self.env['notification.event']._notify(
                code, self, {request.id: request._prepare_notification_extra() for request in self}
            )

    def _prepare_notification_extra(self):
        """Return what the templates need to know of this moment; messages are written later."""
        self.ensure_one()
        return {'reason': self.reject_reason or '', 'amount_due_back': self.amount_due_back}

    def _get_managers(self):
        # sudo: res.users - whoever made it happen need not know the managers
        return self.env.ref(MANAGER_GROUP).sudo().all_user_ids.filtered('active')

    def _notification_get_recipients(self, audience):
        """Override: managers are those of invoice requests in the request's company."""
        if audience != 'manager':
            return super()._notification_get_recipients(audience)
        managers_sudo = self._get_managers()
        return {
            request.id: managers_sudo.filtered(
                lambda user, company=request.company_id: company in user.company_ids
            ).partner_id
            for request in self
        }

    def _notification_filter_relevant(self, code):
        """Override: what is issued or closed meanwhile is not overdue any more."""
        if code == 'invoice_request_overdue':
            return self.filtered('is_overdue')
        if code == 'invoice_request_refunded':
            return self.filtered('needs_reversal')
        return self

    def _notification_get_url(self, partner, audience):
        """Override: members log in; a link that opens the invoice to its bearer is not mailed."""
        if audience == 'customer':
            self.ensure_one()
            return self.access_url
        return super()._notification_get_url(partner, audience)
