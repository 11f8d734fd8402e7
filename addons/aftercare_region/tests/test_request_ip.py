from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import config

FORGED = {'X-Forwarded-For': '202.96.209.5', 'X-Forwarded-Host': 'shop.example.com'}


@tagged('post_install', '-at_install')
class TestRequestIp(HttpCase):
    """Odoo's own ``proxy_mode`` decides whether the headers of a proxy are believed."""

    def _get_ip(self, headers, proxy_mode):
        seen = []
        IrHttp = type(self.env['ir.http'])
        pre_dispatch = IrHttp._pre_dispatch

        def spy(cls, rule, args):
            from odoo.http import request

            seen.append(request.env['ip.location']._get_request_ip())
            return pre_dispatch(rule, args)

        options = config.options.new_child({'proxy_mode': proxy_mode})
        with patch.object(config, 'options', options):
            with patch.object(IrHttp, '_pre_dispatch', classmethod(spy)):
                self.url_open('/web/login', headers=headers)
        return seen[-1]

    def test_forged_header_is_ignored_without_proxy_mode(self):
        self.assertEqual(self._get_ip(FORGED, False), '127.0.0.1')

    def test_header_of_the_proxy_counts_in_proxy_mode(self):
        self.assertEqual(self._get_ip(FORGED, True), '202.96.209.5')

    def test_only_the_last_proxy_is_believed(self):
        headers = dict(FORGED, **{'X-Forwarded-For': '8.8.8.8, 202.96.209.5'})
        self.assertEqual(self._get_ip(headers, True), '202.96.209.5')

    def test_no_request_no_address(self):
        self.assertIsNone(self.env['ip.location']._get_request_ip())
