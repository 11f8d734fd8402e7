"""The cheapest thing an Odoo route can do; loaded with --load, never installed."""

from odoo import http

BODY = b'{"ok": true}'


class Constant(http.Controller):
    @http.route(
        '/bench/constant',
        type='http',
        auth='none',
        csrf=False,
        save_session=False,
        readonly=True,
        methods=['POST'],
    )
    def constant(self, **_args):
        return http.Response(BODY, headers=[('Content-Type', 'application/json')])
