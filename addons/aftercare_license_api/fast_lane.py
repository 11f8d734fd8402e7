"""The fast lane: ``POST /license/v1/validate`` answered before routing and session.

Wraps the WSGI application of the server, when the addon is among ``server_wide_modules``. Answers are
made by the same method as through the route; whatever is out of the ordinary takes the route.
"""

import logging
import threading
import time

import psycopg2
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import ClosingIterator

from odoo import SUPERUSER_ID, api, http
from odoo.modules.registry import Registry
from odoo.tools import config

from .models.license_api import MAX_DRAIN, Call, make_maintenance_error, make_refusal

_logger = logging.getLogger(__name__)

MODULE = 'aftercare_license_api'
PATH = '/license/v1/validate'
STATUSES = {200: 'OK', 429: 'Too Many Requests', 503: 'Service Unavailable'}


def wrap_server():
    """Put the fast lane in front of the server, if it was started with this addon."""
    if MODULE in config['server_wide_modules'] and not isinstance(http.root, FastLane):
        http.root = FastLane(http.root)


class FastLane:
    """A WSGI application in front of Odoo's, of which it has all the attributes."""

    def __init__(self, application):
        self.application = application

    def __getattr__(self, name):
        return getattr(self.application, name)

    def __call__(self, environ, start_response):
        answer = None
        if environ.get('PATH_INFO') == PATH and environ.get('REQUEST_METHOD') == 'POST':
            answer = self._answer(environ)
        if not answer:
            return self.application(environ, start_response)
        length = str(len(answer.body))
        headers = [*answer.headers, ('Content-Length', length)]
        start_response(f'{answer.status} {STATUSES.get(answer.status, "Refused")}', headers)
        return ClosingIterator([answer.body], answer.after)

    def _answer(self, environ):
        """Return the answer, None when the request is not one for the fast lane."""
        dbname = self._get_dbname(environ)
        length = environ.get('CONTENT_LENGTH') or ''
        if not dbname or not length.isdigit() or int(length) > MAX_DRAIN:
            return None
        self._prepare_thread(dbname)
        try:
            registry = Registry(dbname)
            with registry.cursor(readonly=True) as cr:
                registry = registry.check_signaling(cr)
                if 'license.api' not in registry:
                    return None
                env = api.Environment(cr, SUPERUSER_ID, {})
                return env['license.api']._serve('validate', self._build_call(environ, length))
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            _logger.warning("No answer about a licence, the database is away: %s", error)
            return make_refusal(make_maintenance_error())

    def _get_dbname(self, environ):
        """Return the one database of this server; a choice of several takes the route."""
        names = config['db_name']
        is_plain = len(names) == 1 and not config['dbfilter']
        return names[0] if is_plain and 'HTTP_X_ODOO_DATABASE' not in environ else None

    def _prepare_thread(self, dbname):
        """Say in the log what is worked on, as the server does for each request."""
        thread = threading.current_thread()
        thread.query_count = thread.query_time = 0
        thread.perf_t0 = time.time()
        thread.cursor_mode = 'ro'
        thread.dbname = dbname

    def _build_call(self, environ, length):
        if config['proxy_mode'] and environ.get('HTTP_X_FORWARDED_HOST'):
            # Its side effect is the address of the caller, as in the server itself.
            ProxyFix(lambda *_args: [])(environ, lambda *_args: None)
        return Call(
            method='POST',
            ip=environ.get('REMOTE_ADDR') or '',
            content_type=environ.get('CONTENT_TYPE') or '',
            content_length=int(length),
            read=lambda: environ['wsgi.input'].read(int(length)),
        )
