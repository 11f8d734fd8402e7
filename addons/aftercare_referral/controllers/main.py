import re
from datetime import timedelta

from odoo import fields
from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.addons.web.controllers.home import SIGN_UP_REQUEST_PARAMS
from odoo.exceptions import UserError
from odoo.http import Controller, request, route

from ..const import LINK_COOKIE
from ..tools.links import get_local_path, normalize_code

SIGN_UP_REQUEST_PARAMS.add('referral_code')
ROBOTS = re.compile(
    r'bot|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|curl|wget|python|monitor', re.I
)


class ReferralLink(Controller):
    @route(
        '/r/<string:code>',
        type='http',
        auth='public',
        website=True,
        multilang=False,
        sitemap=False,
        methods=['GET'],
    )
    def follow_link(self, code, to=None, **_kwargs):
        """Remember who recommended us, and lead on to a page of this site."""
        program = request.env['referral.program']._get_for()
        affiliate_sudo = request.env['res.partner']._find_by_referral_code(code)
        target = get_local_path(to, default=program.landing_path or '/')
        response = request.redirect(target)
        if program and affiliate_sudo and request.env.user._is_public():
            if self._is_counted(affiliate_sudo):
                # sudo: referral.visit - counts the visit of a visitor
                request.env['referral.visit'].sudo().create({'partner_id': affiliate_sudo.id})
            self._remember(response, affiliate_sudo, program)
        response.headers['X-Robots-Tag'] = 'noindex'
        return response

    def _is_counted(self, affiliate_sudo):
        """Tell whether the visit is one of a person, who has not come by this link today."""
        if ROBOTS.search(request.httprequest.user_agent.string or 'bot'):
            return False
        today = fields.Date.to_string(fields.Date.today())
        visit = [affiliate_sudo.referral_code, today]
        is_new = request.session.get(f'{LINK_COOKIE}_visit') != visit
        request.session[f'{LINK_COOKIE}_visit'] = visit
        return is_new

    def _remember(self, response, affiliate_sudo, program):
        """Keep the code in the session, and as long as agreed in the browser if it allows it."""
        code = affiliate_sudo.referral_code
        request.session[LINK_COOKIE] = code
        response.set_cookie(
            LINK_COOKIE,
            code,
            max_age=int(timedelta(days=program.cookie_days).total_seconds()),
            expires=None,
            httponly=True,
            secure=request.httprequest.scheme == 'https',
            samesite='Lax',
            cookie_type='optional',
        )


class ReferralRegistration(AuthSignupHome):
    def get_auth_signup_qcontext(self):
        """Override of `auth_signup` to ask visitors who recommended us.

        Whoever comes with a token was invited and is known: he is asked nothing more.
        """
        qcontext = super().get_auth_signup_qcontext()
        is_asked = not qcontext.get('token') and request.env['referral.program']._get_for()
        qcontext['is_referral_asked'] = bool(is_asked)
        if is_asked:
            typed = qcontext.get('referral_code')
            code = request.env['res.partner']._get_followed_code() if typed is None else typed
            referrer_sudo = request.env['res.partner']._find_by_referral_code(code)
            # a link that leads to nobody any more is no reason to trouble a new customer
            is_shown = referrer_sudo or typed is not None
            qcontext['referral_code'] = (normalize_code(code) or code) if is_shown else ''
            qcontext['referral_name'] = referrer_sudo and referrer_sudo._get_masked_name()
        return qcontext

    def _prepare_signup_values(self, qcontext):
        """Override of `auth_signup` to take over the code that was typed.

        :raises UserError: when nobody has it
        """
        values = super()._prepare_signup_values(qcontext)
        if qcontext.get('is_referral_asked') and (qcontext.get('referral_code') or '').strip():
            code = qcontext['referral_code']
            if request.httprequest.method == 'POST' and not qcontext.get('referral_name'):
                raise UserError(
                    request.env._(
                        "Nobody has the referral code %(code)s. Correct it or leave it empty.",
                        code=code[:40],
                    )
                )
            values['referral_code'] = code
        return values
