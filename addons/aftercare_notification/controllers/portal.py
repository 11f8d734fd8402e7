from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request


class NotificationPortal(CustomerPortal):
    @http.route('/my/notifications', type='http', auth='user', website=True, methods=['GET'])
    def portal_my_notifications(self, saved=None, **kwargs):
        """Show which messages the current user receives over which channel."""
        return request.render(
            'aftercare_notification.portal_my_notifications',
            {
                'page_name': 'notifications',
                'is_saved': bool(saved),
                **self._prepare_notification_values(),
            },
        )

    @http.route(
        '/my/notifications', type='http', auth='user', website=True, methods=['POST'], csrf=True
    )
    def portal_save_notifications(self, **post):
        """Save the switches; a switch that is off is not part of the form's data."""
        switches = self._prepare_notification_values()['switches']
        wanted = {key for key in switches if post.get(f'{key[0].code}.{key[1]}')}
        # the own contact only: nothing in the request can name another
        request.env.user.partner_id._notification_set_preferences(switches, wanted)
        return request.redirect('/my/notifications?saved=1')

    def _prepare_notification_values(self):
        return request.env.user.partner_id._notification_get_preferences()
