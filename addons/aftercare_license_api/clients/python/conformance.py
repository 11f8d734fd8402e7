"""Runs the vectors of ../fixtures against the Python client; prints what fails.

python conformance.py            exit code 1 when something fails
"""

import json
import pathlib
import sys

import aftercare_license as client

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / 'fixtures'
SETTINGS = ('host', 'key', 'keys', 'version')  # that change from a step on
failures = []
count = 0


def load(name):
    return json.loads((FIXTURES / f'{name}.json').read_text(encoding='utf-8'))


def equal(name, expected, actual):
    global count
    count += 1
    if expected != actual:
        failures.append(name)
        sys.stdout.write(f'FAIL {name}: expected {expected!r}, got {actual!r}\n')


def normalize(text, options=None):
    try:
        host = client.normalize(text, bool((options or {}).get('allow_wildcard')))
        return [host.name, host.kind]
    except client.HostError as error:
        return error.args[0]


class Server:
    """Plays the server: one answer per step."""

    def __init__(self, tokens=None):
        self.tokens, self.answer, self.requests = tokens or {}, None, []

    def __call__(self, url, headers, body, timeout):
        self.requests.append({'url': url, 'timeout': timeout, **json.loads(body)})
        answer = self.answer or {'fails': 'not expected'}
        if 'fails' in answer:
            raise TimeoutError(answer['fails'])
        text = answer.get('body')
        if 'token' in answer:
            token = (
                self.tokens.get(answer['token'], answer['token'])
                if self.tokens
                else answer['token']
            )
            text = json.dumps({'token': token, 'key_transition': answer.get('transition')})
        return answer['status'], answer.get('headers', {}), text


def make(config, store, server, now, **changes):
    config = {**config, **changes}
    nonce = config.pop('nonce')
    return client.Client(
        store=store, transport=server, now=lambda: now, nonce=lambda: nonce, **config
    )


def run(client_, do, file=None):
    if do == 'import':
        return client_.import_file(file)
    return client_.check() if do == 'check' else client_.refresh(do == 'check_now')


def check_hosts():
    server_only = load('server_only')
    for vector in load('hosts'):
        if vector['input'] in server_only['inputs'] or vector.get('error') in server_only['errors']:
            continue
        result = vector.get('result')
        expected = [result['name'], result['kind']] if result else vector['error']
        actual = normalize(vector['input'], vector.get('options'))
        if client.idna is None and (actual == 'NO_IDN' or expected == 'BAD_IDN'):
            continue  # without idna a clear refusal is promised, and xn-- labels are looked at less
        equal(f'host {vector["input"]!r}', expected, actual)
    for vector in load('matching'):
        if client.idna is None and not vector['bound'].isascii():
            continue
        bound = client.normalize(vector['bound'], True).name
        registrable = server_only['registrable'].get(vector['bound'])
        try:
            host = client.normalize(vector['presented'])
            actual = client.matches(bound, host, vector['mode'], registrable)
        except client.HostError:
            actual = False
        equal(f'match {vector}', vector['match'], actual)


def check_tokens():
    data = load('tokens')
    for vector in data['vectors']:
        store, server = client.Store.memory(json.dumps(vector.get('seen', {}))), Server()
        server.answer = {'status': 200, 'token': vector['token']}
        changes = {name: vector[name] for name in ('host', 'instance') if name in vector}
        now = vector.get('now', data['now'])
        actor = make(data['config'], store, server, now, **changes)
        is_file = vector['via'] == 'file'
        result = run(actor, 'import' if is_file else 'refresh', vector['token'])
        for name, expected in vector['expect'].items():
            actual = result.problem is None if name == 'verdict' else getattr(result, name)
            equal(f'token {vector["name"]}: {name}', expected, actual)


def check_contract():
    data = load('contract')
    for scenario in data['scenarios']:
        store, server = client.Store.memory(), Server(data['tokens'])
        config = {**data['config'], **scenario.get('config', {})}
        for number, step in enumerate(scenario['steps'], 1):
            config.update({name: step[name] for name in SETTINGS if name in step})
            if 'store' in step:
                store.set(step['store'])
            server.answer, server.requests = step.get('answer'), []
            result = run(make(config, store, server, step['at']), step['do'], step.get('file'))
            for name, expected in step['expect'].items():
                if name == 'asked':
                    actual = bool(server.requests)
                elif name == 'request':
                    actual = {member: server.requests[0].get(member) for member in expected}
                else:
                    actual = getattr(result, name)
                equal(f'contract {scenario["name"]}, step {number}: {name}', expected, actual)


def check_extras():
    """What data cannot say: real nonces, stores that break, an own instance id."""
    config = {name: value for name, value in load('contract')['config'].items() if name != 'nonce'}
    del config['instance']
    server, store = Server(), client.Store.memory()
    actor = client.Client(store=store, transport=server, **config)
    actor.refresh()
    actor.refresh(True)
    first, second = (request['nonce'] for request in server.requests)
    equal('nonces differ', True, first != second and len(first) == 24)
    ids = {request['instance']['id'] for request in server.requests} | {actor.get_instance()}
    equal('the instance id stays', 1, len(ids))
    # Nobody listens at the second address, and no name is looked up.
    for issuer, problem in (('http://vendor.example', 'NOT_HTTPS'), ('https://[::]:1', 'NETWORK')):
        plain = {**config, 'issuer': issuer, 'store': client.Store.memory()}
        equal(f'asked over https only: {issuer}', problem, client.Client(**plain).refresh().problem)
    broken = client.Store(lambda: 1 / 0, lambda text: 1 / 0)
    result = client.Client(store=broken, transport=server, **config).refresh()
    equal('a broken store is told', ('unlicensed', 'STORE'), (result.state, result.problem))


for check in (check_hosts, check_tokens, check_contract, check_extras):
    check()
summary = f'{count} checks, {len(failures)} failed'
name = f'python {client.platform.python_version()}{"" if client.idna else " without idna"}'
sys.stdout.write(f'{name}: {summary}\n')
sys.exit(bool(failures))
