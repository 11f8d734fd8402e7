"""500 visitors chat at the same time with two workers: how fast, and is anything lost?

Each visitor opens a chat over HTTP and writes; all are in the same hour, a few dozen in the same moment. A message counts
as kept when it is in the database with its author and its words.
"""

import collections
import http.client
import json
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

import measure_intake
from common import header
from server import Odoo

SIDES = ('suite',)
SIZES = 'first'
CHATS, MESSAGES, CLIENTS = 500, 4, 25


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
        with Odoo(env.cr.dbname, folder) as odoo:
            facts = _talk(odoo.port, team.livechat_channel_id.id)
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


def table(results):
    [facts] = next(iter(results.values()))['suite'].values()
    return [
        *header(f'{CHATS} chats at once, {MESSAGES} messages each, 2 workers', 'measured', 'goal'),
        f'| messages kept a second | {facts["rate"]:.0f} | |',
        f'| half of the answers, 99 % of them, within ms | {facts["p50"]:.0f}, {facts["p99"]:.0f} | |',
        f'| messages lost, kept twice | {facts["lost"]:.0f}, {facts["twice"]:.0f} | 0, 0 |',
        f'| answers with an error | {facts["refused"]:.0f} | 0 |',
    ]
