from odoo import api, fields, models
from odoo.http import request

from ..const import LINK_COOKIE, OWN_COOKIE
from ..tools.links import normalize_code


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # === BUSINESS METHODS: registration === #

    def _attribute_registration(self, typed=None):
        """Note who brought a customer who has just registered, and pay for it if so agreed.

        :param str typed: code of the form, which goes before that of a link
        :return: ``referral.attribution``, or an empty recordset
        """
        self.ensure_one()
        followed = normalize_code(self._get_followed_code())
        code = normalize_code(typed) or followed
        referrer = self._find_by_referral_code(code)
        attributions = self.env['referral.attribution']
        if not referrer or self.commercial_partner_id != self or self.referrer_id:
            return attributions
        program = self.env['referral.program']._get_for()
        if not program:
            return attributions
        if program.enrolment == 'automatic':
            self._join_program(program)
        attribution = self._set_referrer(
            referrer,
            'link' if code == followed else 'code',
            ip_address=request.httprequest.remote_addr if request else False,
            is_same_browser=bool(request)
            and request.cookies.get(OWN_COOKIE) == referrer.referral_code,
        )
        self.env['referral.commission']._book_signup(self, fields.Date.context_today(self))
        self.env['notification.event']._notify('referral_registered', attribution)
        return attribution

    @api.model
    def _get_followed_code(self):
        """Return the code of the last link that the visitor followed; anything, or ''."""
        if not request:
            return ''
        return request.session.get(LINK_COOKIE) or request.cookies.get(LINK_COOKIE) or ''
