from odoo import fields
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

MAX_TERMS = 5


class LicenseRenewal(CustomerPortal):
    # === ROUTES === #
    @route(
        '/my/licenses/<int:license_id>/renew',
        type='http',
        auth='public',
        methods=['GET'],
        website=True,
        sitemap=False,
    )
    def portal_license_renew(self, license_id, token=None, terms='1', error=None, **kw):
        """Say what a renewal costs and until when the licence will last.

        Looking changes nothing: programs that look through mails open links.
        """
        license_sudo = self._get_renewable_license(license_id, token)
        if not license_sudo:
            return self._refuse_renewal()
        return request.render(
            'aftercare_license_sale.portal_license_renew',
            self._prepare_renewal_values(license_sudo, token, self._parse_terms(terms), error),
        )

    @route(
        '/my/licenses/<int:license_id>/renew',
        type='http',
        auth='public',
        methods=['POST'],
        website=True,
        sitemap=False,
    )
    def portal_license_renew_submit(self, license_id, token=None, terms='1', **kw):
        """Make the order and go on to its payment."""
        license_sudo = self._get_renewable_license(license_id, token)
        if not license_sudo:
            return self._refuse_renewal()
        try:
            return request.redirect(
                self._start_renewal(license_sudo, self._parse_terms(terms), token)
            )
        except UserError as error:
            return request.render(
                'aftercare_license_sale.portal_license_renew',
                self._prepare_renewal_values(license_sudo, token, 1, str(error)),
            )

    # === PARTS === #
    def _get_renewable_license(self, license_id, token):
        """Return the licence, sudoed, that the visitor owns or has a signed link for."""
        License = request.env['software.license']
        if license_sudo := License._find_by_renewal_token(license_id, token):
            return license_sudo
        if request.env.user._is_public():
            return License
        try:
            return self._document_check_access('software.license', license_id)
        except (AccessError, MissingError):
            return License

    def _refuse_renewal(self):
        if request.env.user._is_public():
            return request.redirect_query('/web/login', {'redirect': request.httprequest.path})
        raise request.not_found()

    def _parse_terms(self, text):
        try:
            return min(max(int(text), 1), MAX_TERMS)
        except ValueError:
            return 1

    def _start_renewal(self, license_sudo, terms, token):
        """Return where the renewal is paid."""
        order_sudo = license_sudo._get_renewal_order(terms)
        return order_sudo.get_portal_url(anchor='portal_pay')

    def _prepare_renewal_values(self, license_sudo, token, terms, error=None):
        can_renew = license_sudo._can_renew_online()
        price, currency = license_sudo._get_renewal_price()
        choices = []
        if can_renew:
            choices = [
                {
                    'terms': number,
                    'until': license_sudo._get_renewal_preview(number),
                    'price': price * number,
                }
                for number in range(1, MAX_TERMS + 1)
            ]
        return {
            'license': license_sudo,
            'page_name': 'license',
            'now': fields.Datetime.now(),
            'token': token,
            'terms': terms,
            'choices': choices,
            'currency': currency,
            'end': license_sudo[license_sudo._get_end_field()],
            'months': license_sudo.policy_id.term_months or license_sudo.policy_id.updates_months,
            'can_renew': can_renew,
            'error': error,
        }
