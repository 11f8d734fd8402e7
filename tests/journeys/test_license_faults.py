"""The licence API while its database goes away and comes back, asked all the time by many."""

import json
import threading
import time
import urllib.error
import urllib.request
import uuid

import pytest

# Odoo logs each connection that is refused
EXPECTED_ERRORS = r'not currently accepting connections|terminating connection|closed'
ASKERS = 6


def ask(aftercare, key, product, domain):
    """Return the HTTP status, the answer and its headers, as an installation gets them."""
    question = {
        'key': key,
        'scope': {'product': product, 'domain': domain},
        'nonce': uuid.uuid4().hex,
    }
    request = urllib.request.Request(
        f'{aftercare.address}/license/v1/validate',
        data=json.dumps(question).encode(),
        headers={'Content-Type': 'application/json'},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response), response.headers
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers


class Askers:
    """Threads that ask one after the other until they are told to stop."""

    def __init__(self, *question):
        self.question = question
        self.answers = []
        self.done = threading.Event()
        self.threads = [threading.Thread(target=self.work) for _ in range(ASKERS)]

    def work(self):
        while not self.done.is_set():
            self.answers.append(ask(*self.question))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.done.set()
        for thread in self.threads:
            thread.join()

    def wait_for(self, status, count):
        """Wait until so many more answers had the status."""
        start, deadline = len(self.answers), time.monotonic() + 60
        while sum(row[0] == status for row in self.answers[start:]) < count:
            assert time.monotonic() < deadline, f'no {status} among {self.answers[-3:]}'
            time.sleep(0.05)


@pytest.fixture(scope='module')
def license(aftercare):
    for name in ('ip', 'key', 'unknown'):
        aftercare.call(
            'ir.config_parameter', 'set_param', f'aftercare_license_api.limit_{name}', '0'
        )
    [facts] = aftercare.call(
        'software.license',
        'search_read',
        [('state', '=', 'active'), ('domain', '!=', False)],
        ['key', 'domain', 'product_id'],
        limit=1,
    )
    [product] = aftercare.call(
        'product.product', 'read', [facts['product_id'][0]], ['license_code']
    )
    return facts['key'], product['license_code'], facts['domain']


def close_database(aftercare):
    aftercare.databases.query(f'ALTER DATABASE {aftercare.name} ALLOW_CONNECTIONS false')
    aftercare.databases.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s',
        [aftercare.name],
    )


def open_database(aftercare):
    aftercare.databases.query(f'ALTER DATABASE {aftercare.name} ALLOW_CONNECTIONS true')


def test_nobody_is_told_a_false_verdict_while_the_database_is_away(aftercare, license):
    status, answer, _headers = ask(aftercare, *license)
    assert (status, answer['meta']['code']) == (200, 'VALID'), answer
    with Askers(aftercare, *license) as askers:
        askers.wait_for(200, 20)
        for _ in range(2):
            close_database(aftercare)
            try:
                askers.wait_for(503, 20)
            finally:
                open_database(aftercare)
            askers.wait_for(200, 20)
    for status, answer, headers in askers.answers:
        if status == 200:
            assert answer['meta']['code'] == 'VALID'
        else:
            assert status == 503, answer
            assert int(headers['Retry-After']) > 0
            assert 'valid' not in json.dumps(answer).lower().replace('invalid', ''), answer
            assert aftercare.name not in json.dumps(answer)
