import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    _inherit = 'res.users'

    @api.model
    def _signup_create_user(self, values):
        """Override of `auth_signup` to note who brought a customer who opens an account.

        The code he typed counts, else the last link he followed. Holds for every way in.
        """
        values = dict(values)
        typed = values.pop('referral_code', None)
        is_known = bool(values.get('partner_id'))
        user = super()._signup_create_user(values)
        if user.share and not is_known:
            try:
                with self.env.cr.savepoint():
                    # sudo: res.partner - visitors register
                    user.partner_id.sudo()._attribute_registration(typed)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the whole request is tried again
            except Exception:
                # a referral is mended by staff, a lost customer is not
                _logger.exception("Who brought %s", user.partner_id)
        return user
