import logging

from odoo import fields
from odoo.addons.auth_signup.controllers.main import AuthSignupHome
from odoo.addons.phone_validation.tools.phone_validation import phone_format
from odoo.addons.web.controllers.home import SIGN_UP_REQUEST_PARAMS
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import single_email_re

_logger = logging.getLogger(__name__)

HONEYPOT = 'homepage'
MAX_NAME_LENGTH = 128
SIGN_UP_REQUEST_PARAMS.update({'phone', 'accept_terms', HONEYPOT})


class MemberRegistration(AuthSignupHome):
    def get_auth_signup_qcontext(self):
        """Override of `auth_signup` to add what the form of a visitor needs.

        Whoever comes with a token was invited and is known: he is asked nothing more.
        """
        qcontext = super().get_auth_signup_qcontext()
        qcontext['is_registration'] = not qcontext.get('token')
        if qcontext['is_registration']:
            get_param = request.env['ir.config_parameter'].sudo().get_param
            country = self._get_registration_country(qcontext)
            qcontext.update(
                {
                    'country_id': country.id,
                    'countries': request.env['res.country'].sudo().search([]),
                    'phone_code': country.phone_code,
                    'phone_required': get_param('aftercare_member.phone_required') == 'True',
                    'terms_url': get_param('aftercare_member.terms_url'),
                }
            )
        return qcontext

    def _get_registration_country(self, qcontext):
        """Return the country the visitor has chosen, at first the one of his address."""
        # sudo: res.country - visitors choose their country
        country_sudo = request.env['res.country'].sudo()
        country_id = str(qcontext.get('country_id') or '')
        if country_id.isdecimal():
            return country_sudo.browse(int(country_id)).exists()
        if request.httprequest.method == 'POST':
            return country_sudo
        ip = request.httprequest.remote_addr
        return request.env['ip.location'].sudo()._get_country_state(ip)[0]

    def _prepare_signup_values(self, qcontext):
        """Override of `auth_signup` to check and take over what a member tells."""
        values = super()._prepare_signup_values(qcontext)
        if qcontext.get('is_registration'):
            self._check_registration(qcontext)
            values.update(self._prepare_registration_values(qcontext))
        return values

    def _check_registration(self, qcontext):
        ip = request.httprequest.remote_addr
        if qcontext.get(HONEYPOT):
            _logger.info("Registration refused: a robot at %s filled the hidden field", ip)
            raise UserError(request.env._("The form was not properly filled in."))
        if request.env['res.partner']._is_registration_limit_reached(ip):
            _logger.info("Registration refused: too many from %s within the hour", ip)
            raise UserError(
                request.env._(
                    "Too many accounts were opened from your network. Please try again in an hour."
                )
            )
        if qcontext['terms_url'] and not qcontext.get('accept_terms'):
            raise UserError(request.env._("Please accept the terms of use."))
        name = (qcontext.get('name') or '').strip()
        # Addresses in names make our welcome mail an advertisement sent to strangers.
        if not name or len(name) > MAX_NAME_LENGTH or '://' in name or 'www.' in name.lower():
            raise UserError(request.env._("Please tell us your name."))
        if not single_email_re.match(qcontext.get('login') or ''):
            raise UserError(request.env._("Please enter a valid email address."))
        if self._is_login_taken(qcontext.get('login')):
            raise UserError(
                request.env._("Another user is already registered using this email address.")
            )

    def _is_login_taken(self, login):
        """Tell whether the login is taken in whatever case; `auth_signup` knows the same case."""
        # sudo: res.users - tells a visitor no more than the sign-up page does anyway
        users_sudo = request.env['res.users'].sudo().with_context(active_test=False)
        escaped = (login or '').replace('\\', '\\\\').replace('%', '\\%').replace('_', '\\_')
        return any(
            users_sudo.search_count(users_sudo._get_login_domain(user.login), limit=1)
            for user in users_sudo.search([('login', '=ilike', escaped)])
        )

    def _prepare_registration_values(self, qcontext):
        """Return the values of the new user that core does not know of.

        :raise UserError: when the phone number is missing or wrong
        """
        country = self._get_registration_country(qcontext)
        values = {'name': qcontext['name'].strip()}
        if country:
            values['country_id'] = country.id
        if phone := (qcontext.get('phone') or '').strip():
            values['phone'] = self._format_phone(phone, country)
        elif qcontext['phone_required']:
            raise UserError(request.env._("Please tell us your phone number."))
        if qcontext['terms_url']:
            values['terms_accepted_date'] = fields.Datetime.now()
        return values

    def _format_phone(self, phone, country):
        ip = request.httprequest.remote_addr
        country = country or request.env['ip.location'].sudo()._get_country_state(ip)[0]
        try:
            return phone_format(
                phone, country.code, country.phone_code, force_format='INTERNATIONAL'
            )
        except UserError:
            raise UserError(
                request.env._(
                    "%(phone)s is not a valid phone number. Numbers of another country begin "
                    "with + and its code, for example +86 138 0013 8000.",
                    phone=phone,
                )
            ) from None
