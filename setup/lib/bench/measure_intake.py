"""One ticket at a time through each door: the customer's form, a mail, a program, an agent's chat.

Requests go through the whole of Odoo's HTTP in this process: routing, session, rules, commit. Upstream has no door for
chats; what it does for a ticket that a program makes is shown beside.
"""

import email.message
import email.utils
import functools
import json
import re
import statistics
import sys
import time

from common import LABELS, as_agent, header

SIDES = ('upstream', 'suite')
SIZES = 'middle'
ROUNDS, WARM = 20, 3
LABEL = {
    'form': 'the form of the website, signed in',
    'mail': 'a mail of a customer',
    'api': 'a program, over JSON-RPC',
    'chat': 'a chat of three messages, and its ticket',
}
PORTAL = 'bench-portal@example.com'


def prepare(env):
    """Publish the form, give the customer an account and let a team chat."""
    import measure_creation

    measure_creation.prepare(env)
    if not env['res.users'].search([('login', '=', PORTAL)]):
        env['res.users'].with_context(no_reset_password=True).create(
            {
                'name': 'Bench portal',
                'login': PORTAL,
                'email': PORTAL,
                'password': PORTAL,
                'group_ids': [(6, 0, env.ref('base.group_portal').ids)],
            }
        )
    env['res.users'].search([('login', '=', 'bench1')]).password = 'bench1'
    team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
    if 'is_website_form' in team._fields:
        team.write({'visibility': 'portal', 'is_website_form': True})
        for name in ('ip', 'email'):
            env['ir.config_parameter'].set_param(
                f'aftercare_helpdesk_website.tickets_per_{name}', '0'
            )
    else:
        team.show_in_portal = True
        env.company.helpdesk_mgmt_portal_select_team = True
    if 'use_livechat' in team._fields:
        team.write({'use_livechat': True, 'livechat_max_sessions': 100000})
        for user in team.user_ids:
            env['mail.presence']._update_presence(user)


def measure(env):
    team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
    # requests open transactions of their own
    env.cr.commit()
    yield 'form', _median(_send_form(env, team))
    yield 'mail', _median(_receive_mail(env, team))
    yield 'api', _median(_call_api(env, team))
    if 'use_livechat' in team._fields:
        yield 'chat', _median(_chat(env, team))


def _median(door):
    """Return the facts of the median passage; a door is a generator that is ready at its yield."""
    from odoo import sql_db

    times, queries = [], []
    for number in range(WARM + ROUNDS):
        act = next(door)
        before, start = sql_db.sql_counter, time.perf_counter()
        act()
        elapsed = time.perf_counter() - start
        if number >= WARM:
            times.append(elapsed * 1000)
            queries.append(sql_db.sql_counter - before)
    return {'ms': statistics.median(times), 'queries': statistics.median(queries)}


class Client:
    """A browser without a browser: keeps its cookies, and refuses bad answers."""

    def __init__(self, env):
        from werkzeug.test import Client as WsgiClient

        import odoo.http
        from odoo.tools import config

        config['db_name'] = [env.cr.dbname]
        odoo.http.root.initialize()
        self.client = WsgiClient(odoo.http.root)

    def open(self, path, **kwargs):
        return self.client.open(path, environ_base={'REMOTE_ADDR': '127.0.0.1'}, **kwargs)

    def get(self, path):
        return self.open(path).get_data(as_text=True)

    def submit(self, path, data):
        response = self.open(path, method='POST', data=data)
        assert response.status_code in (302, 303), response.get_data(as_text=True)[:500]

    def call(self, path, **params):
        body = {'jsonrpc': '2.0', 'method': 'call', 'params': params}
        answer = self.open(path, method='POST', json=body).get_json()
        assert 'error' not in answer, json.dumps(answer['error'])[:1500]
        return answer.get('result')

    def sign_in(self, env, login):
        self.call('/web/session/authenticate', db=env.cr.dbname, login=login, password=login)


def _send_form(env, team):
    client = Client(env)
    client.sign_in(env, PORTAL)
    is_ours = 'is_website_form' in team._fields
    if is_ours:
        # so quick is no person
        sys.modules['odoo.addons.aftercare_helpdesk_website.controllers.form'].MIN_SECONDS = 0
    path = team.website_url if is_ours else '/new/ticket'
    target = path if is_ours else '/submitted/ticket'
    data = {'subject': 'Bench', 'description': 'It does not work.', 'team': team.id, 'category': ''}
    while True:
        page = client.get(path)
        for name in ('csrf_token', 'form_token'):
            found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)
            data[name] = found[1] if found else ''
        yield lambda: client.submit(target, data)


def _receive_mail(env, team):
    customers = env['res.partner'].search([('name', 'like', 'Bench customer')], limit=50)
    context = env(context={**env.context, 'mail_notify_force_send': False})
    number = 0
    while True:
        message = email.message.EmailMessage()
        message['From'] = customers[number % 50].email_formatted
        message['To'] = 'bench@example.com'
        message['Subject'] = f'Bench mail {number}'
        message['Message-Id'] = email.utils.make_msgid(domain='example.com')
        message.set_content('It does not work.')
        number += 1
        # what requests wrote meanwhile is seen
        env.cr.commit()
        yield functools.partial(_process_mail, context, team.id, message.as_string())


def _process_mail(env, team_id, text):
    env['mail.thread'].message_process('helpdesk.ticket', text, custom_values={'team_id': team_id})
    env.cr.commit()
    env.invalidate_all()


def _call_api(env, team):
    client, user = Client(env), as_agent(env).user
    customers = env['res.partner'].search([('name', 'like', 'Bench customer')], limit=50).ids
    number = 0
    while True:
        number += 1
        vals = {
            'name': f'Bench {number}',
            'description': '<p>It does not work.</p>',
            'team_id': team.id,
            'user_id': False,
            'partner_id': customers[number % 50],
        }
        arguments = [env.cr.dbname, user.id, 'bench1', 'helpdesk.ticket', 'create', [[vals]]]
        yield functools.partial(
            client.call, '/jsonrpc', service='object', method='execute_kw', args=arguments
        )


def _chat(env, team):
    channel = team.livechat_channel_id.id
    while True:
        # whoever comes is somebody else
        visitor = Client(env)

        def chat(visitor=visitor):
            chat_id = visitor.call('/im_livechat/get_session', channel_id=channel, persisted=True)[
                'channel_id'
            ]
            for text in ('Hello', 'It does not work', 'Can you help me?'):
                visitor.call(
                    '/mail/message/post',
                    thread_model='discuss.channel',
                    thread_id=chat_id,
                    post_data={
                        'body': text,
                        'message_type': 'comment',
                        'subtype_xmlid': 'mail.mt_comment',
                    },
                )
            agent = env['discuss.channel'].browse(chat_id).livechat_operator_id.user_ids
            env['discuss.channel'].with_user(agent).browse(chat_id).action_create_ticket()
            env.cr.commit()
            env.invalidate_all()

        env.cr.commit()
        yield chat


def table(results):
    lines = header(
        'a ticket comes in: ms (queries), tickets a second in one process',
        *LABELS.values(),
        'ratio',
        'goal',
    )
    reference = next(iter(results['api']['upstream'].values()))
    for name, sides in results.items():
        facts = {side: next(iter(sizes.values())) for side, sizes in sides.items()}
        upstream, suite = facts.get('upstream', reference), facts['suite']
        cells = [
            f'{row["ms"]:.0f} ({row["queries"]:.0f}), {1000 / row["ms"]:.1f}/s'
            for row in (upstream, suite)
        ]
        if 'upstream' not in facts:
            cells[0] = 'none'
        ratio = f'{suite["ms"] / upstream["ms"]:.2f}×' if 'upstream' in facts else ''
        lines.append(f'| {LABEL[name]} | {" | ".join(cells)} | {ratio} | {"2×" if ratio else ""} |')
    return lines
