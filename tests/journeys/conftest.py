"""A running copy of the demo company and a browser for the journeys."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'setup/lib'))

from databases import Databases  # noqa: E402
from mail_sink import MailSink  # noqa: E402

SCREENSHOTS = Path(os.environ.get('AFTERCARE_SCREENSHOTS') or ROOT / '.local/screenshots')
CHROMIUM_FLAGS = (
    *('--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'),
    *(
        '--disable-background-networking',
        '--disable-component-update',
        '--force-color-profile=srgb',
    ),
)


class Aftercare:
    """A server on a copy of the demo database."""

    def __init__(self, folder, clock=None):
        pg = {name: os.environ[name] for name in os.environ if name.startswith('PG')}
        self.databases = Databases(None, pg)
        self.name = f'aftercare_journey_{uuid.uuid4().hex[:8]}'
        self.clock = clock
        self.mail = MailSink(folder / 'mail')
        self.log = folder / 'server.log'
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        self.address = f'http://127.0.0.1:{self.port}'

    def start(self):
        self.databases.create(self.name, os.environ['AFTERCARE_TEMPLATE'])
        env = {**os.environ, 'ODOO_RC': os.environ['AFTERCARE_ODOO_RC']}
        if self.clock:
            env['AFTERCARE_CLOCK'] = self.clock
        command = [
            *(sys.executable, Path(__file__).with_name('server.py'), '-d', self.name),
            *('--http-port', self.port, '--max-cron-threads', 1),
            *('--smtp', '127.0.0.1', '--smtp-port', self.mail.port, '--proxy-mode'),
        ]
        with self.log.open('w') as output:
            self.process = subprocess.Popen(
                [str(word) for word in command], env=env, cwd=ROOT, stdout=output, stderr=output
            )
        deadline = time.monotonic() + 90
        while True:
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f'{self.address}/web/health', timeout=2).status == 200:
                    return
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(f'the server did not start:\n{self.log.read_text()[-3000:]}')
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.mail.shutdown()
        self.databases.drop(self.name)

    def errors(self):
        """Return what the server logged as an error, with its traceback."""
        found = re.findall(
            r'^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*(?:\n(?!\d{4}-).*)*', self.log.read_text(), re.M
        )
        # Two requests for one record: the second is logged, and served at the next trial.
        return [row for row in found if 'could not serialize access' not in row]

    def call(self, model, method, *arguments, **keywords):
        """Call a method as the administrator, as a mail server's script does."""
        params = {
            'service': 'object',
            'method': 'execute_kw',
            'args': [self.name, 2, 'admin', model, method, arguments, keywords],
        }
        request = urllib.request.Request(
            f'{self.address}/jsonrpc',
            data=json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': params}).encode(),
            headers={'Content-Type': 'application/json'},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
        assert 'error' not in answer, answer['error']['data']['debug']
        return answer.get('result')

    def run_cron(self, xmlid):
        module, name = xmlid.split('.')
        ids = self.call(
            'ir.model.data',
            'search_read',
            [('module', '=', module), ('name', '=', name)],
            ['res_id'],
        )
        self.call('ir.cron', 'method_direct_trigger', [ids[0]['res_id']])

    def send_mails(self):
        self.run_cron('aftercare_notification.ir_cron_notification_queue')
        self.run_cron('mail.ir_cron_mail_scheduler_action')

    def mails(self, recipient=None):
        """Return the mails that left the system, oldest first."""
        found = []
        for path in sorted(self.mail.folder.glob('*.eml')):
            if recipient is None or recipient in path.name:
                found.append(message_from_bytes(path.read_bytes(), policy=policy.default))
        return found


class Person:
    """Somebody in front of a browser; `name` is used in the names of the screenshots."""

    def __init__(
        self,
        browser,
        aftercare,
        *,
        lang='en-US',
        width=1280,
        height=860,
        ip=None,
        timezone='Asia/Shanghai',
    ):
        headers = {}
        if ip:
            # as the proxy in front of a production server sends them
            headers = {
                'X-Forwarded-For': ip,
                'X-Forwarded-Host': f'127.0.0.1:{aftercare.port}',
                'X-Forwarded-Proto': 'http',
            }
        self.aftercare = aftercare
        self.context = browser.new_context(
            locale=lang,
            timezone_id=timezone,
            viewport={'width': width, 'height': height},
            extra_http_headers=headers,
        )
        self.context.set_default_timeout(90000)
        self.page = self.context.new_page()
        if aftercare.clock:
            self.page.clock.install(time=f'{aftercare.clock}Z'.replace(' ', 'T'))
        self.problems = []
        self.page.on('pageerror', lambda error: self.problems.append(str(error)))

    def open(self, path):
        return self.page.goto(f'{self.aftercare.address}{path}', wait_until='load')

    def sign_in(self, login, password=None):
        self.open('/web/login')
        answer = self.context.request.post(
            f'{self.aftercare.address}/web/session/authenticate',
            data={
                'params': {'db': self.aftercare.name, 'login': login, 'password': password or login}
            },
        )
        assert answer.json().get('result', {}).get('uid'), (
            f'{login} cannot sign in: {answer.text()[:300]}'
        )

    def screenshot(self, name, full_page=False):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(350)  # transitions
        self.page.screenshot(path=SCREENSHOTS / f'{name}.png', full_page=full_page)

    def leave(self):
        self.context.close()
        assert not self.problems, f'errors in the browser: {self.problems}'


@pytest.fixture(scope='session')
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ['CHROMIUM'], args=list(CHROMIUM_FLAGS)
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope='module')
def aftercare(request, tmp_path_factory):
    server = Aftercare(
        tmp_path_factory.mktemp('server'), clock=getattr(request.module, 'CLOCK', None)
    )
    server.start()
    yield server
    expected = getattr(request.module, 'EXPECTED_ERRORS', None)
    errors = [row for row in server.errors() if not (expected and re.search(expected, row))]
    server.stop()
    assert not errors, 'the server logged:\n' + '\n'.join(errors)[:5000]


@pytest.fixture
def person(browser, aftercare):
    """Return a function that puts somebody in front of a browser."""
    people = []

    def sit_down(**options):
        somebody = Person(browser, aftercare, **options)
        people.append(somebody)
        return somebody

    yield sit_down
    for somebody in people:
        somebody.leave()
