import logging

from odoo import api, models
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    _inherit = 'res.users'

    @api.model
    def _signup_create_user(self, values):
        """Override of `auth_signup` to make whoever opens an account a member at once.

        Holds for every way in: the form, a login with another service, an invitation.
        """
        is_confirmed = bool(values.get('partner_id'))  # came with the link mailed to the contact
        user = super()._signup_create_user(values)
        if user.share:
            ip = request.httprequest.remote_addr if request else None
            try:
                with self.env.cr.savepoint():
                    user.partner_id._register_member(ip, is_confirmed)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the whole request is tried again
            except Exception:
                # an account without membership is mended by staff, a lost customer is not
                _logger.exception("Registration of %s as a member", user.partner_id)
        return user
