"""500 visitors chat at the same time with two workers: how fast, and is anything lost?

Each visitor opens a chat over HTTP and writes; all are in the same hour, a few dozen in the same moment. A message counts
as kept when it is in the database with its author and its words.
"""

import collections
import http.client
import json
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import measure_intake
from common import LABELS, header
from server import Odoo

SIDES = ('upstream', 'suite')
SIZES = 'first'
CHATS, MESSAGES, CLIENTS = 500, 2, 25


def prepare(env):
    """Let the team chat without a limit; Odoo alone has the same users in a channel of its own."""
    team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
    if 'use_livechat' in team._fields:
        measure_intake.prepare(env)
    else:
        env['im_livechat.channel'].create(
            {'name': 'Bench', 'user_ids': [(6, 0, team.user_ids.ids)]}
        )


def measure(env):
    channel = env['im_livechat.channel'].search([('name', '=', 'Bench')])
    for user in channel.user_ids:
        env['mail.presence']._update_presence(user)
    env.cr.execute('SELECT coalesce(max(id), 0) FROM mail_message')
    [last] = env.cr.fetchone()
    env.cr.commit()
    folder = Path(tempfile.mkdtemp(prefix='aftercare_bench_'))
    try:
        with Odoo(env.cr.dbname, folder) as odoo:
            facts = _talk(odoo.port, channel.id)
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
    said, failures = facts.pop('said'), facts.pop('failures')
    for failure, count in collections.Counter(failures).items():
        # to the log of the measurement
        print(f'{count} × {failure}', file=sys.stderr)
    lost = sum((collections.Counter(said) - kept).values())
    twice = sum((kept - collections.Counter(said)).values())
    if lost or twice:
        # a median would hide it
        raise RuntimeError(f'{lost} messages lost, {twice} kept twice')
    yield 'chats', facts


def _talk(port, channel):
    """Let the visitors talk; a visitor who is not answered with 200 tries again, as the widget's user does."""
    said, times, failures = [], [], []

    def talk(group):
        visitors = [Visitor(port, number) for number in group]
        for visitor in visitors:
            visitor.open(channel, times, failures)
        # all of them have their chat open while each one writes
        for turn in range(MESSAGES):
            for visitor in visitors:
                text = f'visitor {visitor.number} message {turn}'
                visitor.say(text, times, failures)
                said.append((visitor.chat, text))

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        # a visitor who gave up is an error of the measurement, not a message less
        list(clients.map(talk, [range(first, CHATS, CLIENTS) for first in range(CLIENTS)]))
    seconds = time.perf_counter() - start
    return {
        'said': said,
        'rate': len(said) / seconds,
        'p50': statistics.median(times) * 1000,
        'p99': statistics.quantiles(times, n=100)[98] * 1000,
        'refused': len(failures),
        'failures': failures,
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
            except (http.client.RemoteDisconnected, ConnectionError) as error:
                # a worker waits two seconds for the words of a client, who may be waiting for the processor
                failures.append(repr(error))
                continue
            finally:
                connection.close()
            times.append(time.perf_counter() - start)
            for value in response.headers.get_all('Set-Cookie', ()):
                name, _sign, rest = value.partition('=')
                self.cookies[name] = rest.split(';')[0]
            if 'result' in answer:
                return answer['result']
            failures.append(str(answer['error'])[:2000])
        raise RuntimeError(failures[-1])


def table(results):
    [sides] = results.values()
    upstream, suite = (next(iter(sides[side].values())) for side in SIDES)
    title = f'{CHATS} chats at once, {MESSAGES} messages each, 2 workers'
    lines = header(title, "Odoo's live chat alone", LABELS['suite'], 'goal')
    for name, goal, *facts in (
        ('messages kept a second', '', 'rate'),
        ('half of the answers, 99 % of them, within ms', '', 'p50', 'p99'),
        ('answers with an error', '0', 'refused'),
    ):
        cells = [', '.join(f'{side[fact]:.0f}' for fact in facts) for side in (upstream, suite)]
        lines.append(f'| {" | ".join((name, *cells, goal))} |')
    return [
        *lines,
        '',
        'No message was lost or kept twice in any round: that would have ended the measurement.',
    ]
