import time

from odoo import SUPERUSER_ID, api, http
from odoo.addons.aftercare_license.tools import hosts
from odoo.http import request

from ..models.license_api import Call
from ..tools.questions import ApiError


class LicenseStatus(http.Controller):
    """Public pages: whether a domain is licensed, and how programs ask."""

    @http.route(
        '/license/status', type='http', auth='public', website=True, sitemap=False, readonly=True
    )
    def license_status(self, product='', domain='', **_kwargs):
        """Tell yes or no, and no more."""
        values = {
            'page_name': 'license_status',
            'product': product.strip()[:64],
            'domain': domain.strip()[:300],
            'licensed': None,
            'host': None,
            'error': None,
        }
        if values['product'] and values['domain']:
            values |= self._find_answer(values['product'], values['domain'])
        return request.render('aftercare_license_api.license_status', values)

    @http.route(
        '/license/guide', type='http', auth='public', website=True, sitemap=False, readonly=True
    )
    def license_guide(self, **_kwargs):
        """Say how programs check a licence, with what they need for it."""
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        values = {
            'page_name': 'license_guide',
            'issuer': env['license.api']._get_issuer(),
            'keys': env['license.signing.key']._get_jwks()['keys'],
        }
        return request.render('aftercare_license_api.license_guide', values)

    def _find_answer(self, product, domain):
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        call = Call('GET', request.httprequest.remote_addr or '', args=request.httprequest.args)
        now = time.time()
        try:
            env['license.api']._check_status_limit(call, now)
            host = hosts.normalize(domain)
            return {'host': host, 'licensed': env['license.api']._is_licensed(product, host, now)}
        except hosts.HostError:
            return {'error': request.env._("This is no domain. Please type it like example.com.")}
        except ApiError as error:
            if error.status == 429:
                return {'error': request.env._("Too many questions. Please wait for a minute.")}
            return {'error': request.env._("We can not tell at the moment. Please try again.")}
