import functools

from odoo import SUPERUSER_ID, api, http
from odoo.http import request

from ..models.license_api import Call, make_maintenance_error, make_refusal

ROUTE = {'type': 'http', 'auth': 'none', 'csrf': False, 'save_session': False}
ROUTE_READ = {**ROUTE, 'readonly': True}
ROUTE_WRITE = {**ROUTE, 'readonly': False}
READ_METHODS = ('GET', 'HEAD')


class LicenseApi(http.Controller):
    """The public verification API. Every answer is JSON; see docs/license-api.md."""

    @http.route('/license/v1/validate', **ROUTE_READ)
    def validate(self, **_args):
        return self._serve('validate')

    @http.route('/license/v1/activate', **ROUTE_WRITE)
    def activate(self, **_args):
        return self._serve('activate')

    @http.route('/license/v1/deactivate', **ROUTE_WRITE)
    def deactivate(self, **_args):
        return self._serve('deactivate')

    @http.route('/license/v1/checkout', **ROUTE_WRITE)
    def checkout(self, **_args):
        return self._serve('checkout')

    @http.route('/license/v1/releases/latest', **ROUTE_READ)
    def latest(self, **_args):
        return self._serve('latest')

    @http.route('/license/v1/releases/download', **ROUTE_READ)
    def download(self, **_args):
        return self._serve('download', READ_METHODS)

    @http.route('/license/v1/status', **ROUTE_READ)
    def status(self, **_args):
        return self._serve('status', READ_METHODS)

    @http.route('/license/v1/openapi.json', **ROUTE_READ)
    def openapi(self, **_args):
        return self._serve('openapi', READ_METHODS)

    @http.route('/license/v1/keys', **ROUTE_READ)
    def keys(self, **_args):
        return self._serve('keys', READ_METHODS)

    @http.route('/license/v1/health', **ROUTE_READ)
    def health(self, **_args):
        return self._serve('health', READ_METHODS)

    @http.route(['/license/v1', '/license/v1/<path:path>'], **ROUTE_READ)
    def unknown(self, path='', **_args):
        methods = ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE')
        return self._serve('unknown', methods)

    def _serve(self, operation, methods=('POST',)):
        """Answer by the model ``license.api``."""
        if not request.db:
            return make_response(make_refusal(make_maintenance_error()))
        httprequest = request.httprequest
        call = Call(
            method=httprequest.method,
            ip=httprequest.remote_addr or '',
            content_type=httprequest.headers.get('Content-Type', ''),
            content_length=httprequest.content_length,
            read=functools.partial(httprequest.get_data, cache=False),
            args=httprequest.args,
        )
        # The API knows keys, not users.
        env = api.Environment(request.env.cr, SUPERUSER_ID, {})
        return make_response(env['license.api']._serve(operation, call, methods))


def make_response(answer):
    """Return the HTTP response of an answer."""
    if answer.stream:
        response = answer.stream.get_response(as_attachment=True, max_age=0)
        response.headers['Cache-Control'] = 'private, no-store'
        return response
    response = http.Response(answer.body, status=answer.status, headers=list(answer.headers))
    if answer.after:
        response.call_on_close(answer.after)
    return response
