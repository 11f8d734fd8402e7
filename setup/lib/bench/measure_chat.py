"""500 visitors chat at the same time with two workers: how fast, and is anything lost?

Each visitor opens a chat over HTTP and writes; all are in the same hour, a few dozen in the same moment. A message counts
as kept when it is in the database with its author and its words.
"""

import collections
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import measure_intake
from common import header

SIDES = ('suite',)
SIZES = 'first'
CHATS, MESSAGES, CLIENTS = 500, 4, 25
ROOT = Path(__file__).parents[3]


def prepare(env):
    """Let the team chat, without a limit for its agents."""
    team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
    if not team.use_livechat:
        measure_intake.prepare(env)


def measure(env):
    team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
    for user in team.user_ids:
        env['mail.presence']._update_presence(user)
    env.cr.execute('SELECT coalesce(max(id), 0) FROM mail_message')
    [last] = env.cr.fetchone()
    env.cr.commit()
    folder = Path(tempfile.mkdtemp(prefix='aftercare_bench_'))
    try:
        with Server(env.cr.dbname, folder) as server:
            facts = _talk(server.port, team.livechat_channel_id.id)
    finally:
        shutil.rmtree(folder)
    env.invalidate_all()
    env.cr.execute(
        """
        SELECT m.res_id, regexp_replace(m.body, '<[^>]+>', '', 'g')
          FROM mail_message m JOIN discuss_channel c ON c.id = m.res_id
         WHERE m.id > %s AND m.model = 'discuss.channel' AND m.author_guest_id IS NOT NULL
           AND c.channel_type = 'livechat'
        """,
        [last],
    )
    kept = collections.Counter(env.cr.fetchall())
    said = facts.pop('said')
    lost = sum((collections.Counter(said) - kept).values())
    twice = sum((kept - collections.Counter(said)).values())
    yield 'chats', facts | {'lost': lost, 'twice': twice}


def _talk(port, channel):
    """Let the visitors talk; a visitor who is not answered with 200 tries again, as the widget's user does."""
    visitors = list(range(CHATS))
    lock, said, times, failures = threading.Lock(), [], [], []

    def serve():
        while True:
            with lock:
                if not visitors:
                    return
                group = [visitors.pop() for _one in range(min(len(visitors), CHATS // CLIENTS))]
            sessions = [Visitor(port, number) for number in group]
            for visitor in sessions:
                visitor.open(channel, times, failures)
            # all of them have their chat open while each one writes
            for turn in range(MESSAGES):
                for visitor in sessions:
                    text = f'visitor {visitor.number} message {turn}'
                    visitor.say(text, times, failures)
                    said.append((visitor.chat, text))

    start = time.perf_counter()
    threads = [threading.Thread(target=serve) for _client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    return {
        'said': said,
        'rate': len(said) / seconds,
        'p50': statistics.median(times) * 1000,
        'p99': statistics.quantiles(times, n=100)[98] * 1000,
        'refused': len(failures),
    }


class Visitor:
    """One guest with a connection and a cookie of his own."""

    def __init__(self, port, number):
        self.number, self.cookies, self.port = number, {}, port

    def open(self, channel, times, failures):
        result = self.call(
            '/im_livechat/get_session',
            {'channel_id': channel, 'persisted': True},
            times,
            failures,
        )
        self.chat = result['channel_id']

    def say(self, text, times, failures):
        data = {'body': text, 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}
        params = {'thread_model': 'discuss.channel', 'thread_id': self.chat, 'post_data': data}
        self.call('/mail/message/post', params, times, failures)

    def call(self, path, params, times, failures):
        body = json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': params})
        for _trial in range(5):
            headers = {
                'Content-Type': 'application/json',
                'Cookie': '; '.join(f'{name}={value}' for name, value in self.cookies.items()),
            }
            start = time.perf_counter()
            connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=120)
            try:
                connection.request('POST', path, body, headers)
                response = connection.getresponse()
                answer = json.loads(response.read())
            finally:
                connection.close()
            times.append(time.perf_counter() - start)
            for value in response.headers.get_all('Set-Cookie', ()):
                name, _sign, rest = value.partition('=')
                self.cookies[name] = rest.split(';')[0]
            if 'result' in answer:
                return answer['result']
            failures.append(answer['error'])
        raise RuntimeError(json.dumps(answer)[:2000])


class Server:
    """Odoo with two workers on the database of the bench."""

    def __init__(self, database, folder):
        self.database, self.log = database, folder / 'log'
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]

    def __enter__(self):
        command = (
            *(sys.executable, ROOT / 'setup/lib/launcher.py', '-d', self.database),
            *('--workers', 2, '--max-cron-threads', 0, '--log-level', 'error'),
            *('--http-interface', '127.0.0.1', '--http-port', self.port),
            *('--gevent-port', self.port + 1),
        )
        with self.log.open('w') as output:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                env=os.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + 90
        while True:
            try:
                with socket.create_connection(('127.0.0.1', self.port), timeout=2):
                    return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(self.log.read_text()[-2000:]) from None
                time.sleep(0.2)

    def __exit__(self, *_error):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def table(results):
    [facts] = next(iter(results.values()))['suite'].values()
    return [
        *header(f'{CHATS} chats at once, {MESSAGES} messages each, 2 workers', 'measured', 'goal'),
        f'| messages kept a second | {facts["rate"]:.0f} | |',
        f'| half of the answers, 99 % of them, within ms | {facts["p50"]:.0f}, {facts["p99"]:.0f} | |',
        f'| messages lost, kept twice | {facts["lost"]:.0f}, {facts["twice"]:.0f} | 0, 0 |',
        f'| answers with an error | {facts["refused"]:.0f} | 0 |',
    ]
