import json
import pathlib
import shutil
import subprocess
import sys

from odoo.addons.aftercare_license.tools import hosts
from odoo.tests import BaseCase, tagged
from odoo.tools import file_path

from .common import ISSUER, LicenseApiHttpCase, lift_memory_limit


def get_clients():
    return pathlib.Path(file_path('aftercare_license_api/clients'))


def load_client():
    """Return the Python client as a module."""
    import importlib.util

    path = get_clients() / 'python' / 'aftercare_license.py'
    spec = importlib.util.spec_from_file_location('aftercare_license_client', path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@tagged('post_install', '-at_install')
class TestClientKit(BaseCase):
    def test_host_vectors_are_those_of_the_server(self):
        vectors = pathlib.Path(file_path('aftercare_license/tests/vectors'))
        for name in ('hosts.json', 'matching.json'):
            ours = json.loads((get_clients() / 'fixtures' / name).read_text())
            self.assertEqual(ours, json.loads((vectors / name).read_text()), name)

    def test_conformance(self):
        """Each client passes the fixtures, where its language is there."""
        for folder, program, file in (
            ('python', sys.executable, 'conformance.py'),
            ('php', 'php', 'conformance.php'),
            ('javascript', 'node', 'conformance.mjs'),
        ):
            program = shutil.which(program)
            if not program:
                continue
            with self.subTest(client=folder):
                result = subprocess.run(
                    [program, file],
                    cwd=get_clients() / folder,
                    capture_output=True,
                    text=True,
                    timeout=60,
                    check=False,
                    preexec_fn=lift_memory_limit,
                )
                self.assertEqual(result.returncode, 0, result.stdout[-2000:] + result.stderr[-500:])


@tagged('post_install', '-at_install')
class TestPythonClient(LicenseApiHttpCase):
    """The Python client talks to this server."""

    def setUp(self):
        super().setUp()
        self.module = load_client()
        self.is_down = False
        self.store = self.module.Store.memory()

    def _transport(self, url, headers, body, timeout):
        if self.is_down:
            raise TimeoutError
        self.assertTrue(url.startswith(ISSUER))
        response = self.url_open(
            url.removeprefix(ISSUER), data=body, headers=headers, method='POST'
        )
        return response.status_code, dict(response.headers), response.text

    def _make(self, host='https://www.example.com/', keys=None, **more):
        return self.module.Client(
            issuer=ISSUER,
            product='test-seo',
            keys=keys or self.SigningKey._get_public_keys(),
            host=host,
            key=self.license.key,
            store=self.store,
            transport=self._transport,
            **more,
        )

    def test_life_of_an_installation(self):
        client = self._make()
        result = client.refresh()
        self.assertTrue(result.allowed, result)
        self.assertEqual((result.state, result.code), ('valid', 'VALID'))
        self.assertEqual(result.entitlements, ['test-core', 'test-pro'])
        self.license._suspend("Test")
        self.assertTrue(client.check().allowed)
        self.assertEqual(client.refresh(True).code, 'SUSPENDED')
        self.license._reinstate("Test")
        self.assertEqual(client.refresh(True).code, 'VALID')
        self.is_down = True
        result = client.refresh(True)
        self.assertTrue(result.allowed)
        self.assertEqual(result.problem, 'NETWORK')

    def test_moved_licence(self):
        self.assertTrue(self._make().refresh().allowed)
        self.license._change_domain('example.org')
        self.assertTrue(self._make('example.org').refresh().allowed)
        self.assertEqual(self._make().refresh().code, 'DOMAIN_SCOPE_MISMATCH')

    def test_licence_file(self):
        text = self.license._issue_file()[0]
        client = self._make()
        result = client.import_file(text)
        self.assertTrue(result.allowed and result.offline, result)

    def test_rotation_reaches_an_old_client(self):
        """A program that knows the first key alone goes on after two rotations."""
        first = self.SigningKey.search([('state', '=', 'current')])
        client = self._make(keys={first.kid: first.public_key})
        for _index in range(4):
            self.assertTrue(client.refresh(True).allowed)
        self.SigningKey._rotate()
        results = [client.refresh(True) for _index in range(4)]
        self.assertTrue(all(result.allowed for result in results))

    def test_server_without_a_verdict_changes_nothing(self):
        client = self._make()
        client.refresh()
        self.env.cr.execute("UPDATE license_signing_key SET state = 'retired'")
        result = client.refresh(True)
        self.assertTrue(result.allowed)
        self.assertEqual(result.problem, 'HTTP_503')

    def test_registrable_domain_is_that_of_the_server(self):
        self.assertEqual(hosts.normalize('shop.example.co.uk').registrable, 'example.co.uk')
