import json

import psycopg2
from werkzeug.test import Client

from odoo import http
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from .. import fast_lane
from ..tools import checkins
from .common import LicenseApiHttpCase


@tagged('post_install', '-at_install')
class TestFastLane(LicenseApiHttpCase):
    def setUp(self):
        super().setUp()
        self.routed = []

        def application(environ, start_response):
            self.routed.append(environ['PATH_INFO'])
            start_response('200 OK', [])
            return [b'{}']

        self.server = fast_lane.FastLane(application)
        self.patch(self.server, '_get_dbname', lambda _environ: self.env.cr.dbname)

    def _post_fast(self, body=None, path=fast_lane.PATH, **more):
        more = {'content_type': 'application/json'} | more
        data = json.dumps(body or self._build())
        return Client(self.server).post(path, data=data, **more)

    def test_same_answer_as_by_the_route(self):
        fast, routed = self._post_fast(), self._post('validate', self._build())
        self.assertEqual((fast.status_code, routed.status_code), (200, 200))
        self.assertFalse(self.routed)
        self.assertEqual(fast.json.keys(), routed.json().keys())
        self.assertEqual(fast.json['data'], routed.json()['data'])
        self.assertEqual(self._verify(fast.json['token'])['code'], 'VALID')
        for name in ('Content-Type', 'Cache-Control', 'Access-Control-Allow-Origin'):
            self.assertEqual(fast.headers[name], routed.headers[name])

    def test_refusals_are_the_same(self):
        for body, more in (
            ({'key': ''}, {}),
            ({'a': 'x' * 9000}, {}),
            (None, {'content_type': 'text/plain'}),
        ):
            fast = self._post_fast(body, **more)
            routed = self._post('validate', body or self._build(), **more)
            self.assertEqual(fast.status_code, routed.status_code)
            self.assertEqual(fast.json, routed.json())

    def test_everything_else_takes_the_route(self):
        for path in ('/license/v1/activate', '/web', '/license/v1/validate/'):
            self._post_fast(path=path)
        Client(self.server).get(fast_lane.PATH)
        self.assertEqual(len(self.routed), 4)
        self.assertEqual(self.server.application.__name__, 'application')

    def test_choice_of_databases_takes_the_route(self):
        lane = fast_lane.FastLane(None)
        for options, environ, expected in (
            ({'db_name': ['one']}, {}, 'one'),
            ({'db_name': ['one', 'two']}, {}, None),
            ({'db_name': []}, {}, None),
            ({'db_name': ['one'], 'dbfilter': '.*'}, {}, None),
            ({'db_name': ['one']}, {'HTTP_X_ODOO_DATABASE': 'two'}, None),
        ):
            options = {'dbfilter': ''} | options
            self.patch(config, 'options', config.options.new_child(options))
            self.assertEqual(lane._get_dbname(environ), expected)

    @mute_logger('odoo.addons.aftercare_license_api.fast_lane')
    def test_database_that_is_away_is_no_verdict(self):
        def fail(*_args, **_kwargs):
            raise psycopg2.OperationalError('the database system is starting up')

        self.patch(self.env.registry, 'check_signaling', fail)
        response = self._post_fast()
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.json['errors'][0]['code'], 'MAINTENANCE')
        self.assertIn('Retry-After', response.headers)
        self.assertFalse(self.routed)

    def test_check_ins_are_written_after_the_answer(self):
        self.patch(checkins.Buffer, 'is_due', lambda *_args: True)
        self._post_fast().close()
        self.license.invalidate_recordset()
        self.assertEqual(self.license.checkin_ids.mapped('code'), ['VALID'])

    def test_server_is_wrapped_once_and_only_when_told(self):
        self.patch(http, 'root', http.root)
        original = http.root
        options = {'server_wide_modules': ['base', 'web']}
        self.patch(config, 'options', config.options.new_child(options))
        fast_lane.wrap_server()
        self.assertIs(http.root, original)
        options['server_wide_modules'] = ['base', 'web', fast_lane.MODULE]
        fast_lane.wrap_server()
        fast_lane.wrap_server()
        self.assertIs(http.root.application, original)
        self.assertIs(http.root.session_store, original.session_store)
