import pathlib
import re
import subprocess
import sys
import tempfile

from odoo.tests import tagged

from .common import LicenseApiHttpCase, lift_memory_limit


@tagged('post_install', '-at_install')
class TestOpenapi(LicenseApiHttpCase):
    def _get_document(self):
        return self.url_open('/license/v1/openapi.json').json()

    def test_document_lists_the_routes(self):
        paths = set(self._get_document()['paths'])
        routes = {
            rule.rule.removeprefix('/license/v1')
            for rule in self.env['ir.http'].routing_map().iter_rules()
            if rule.rule.startswith('/license/v1/') and '<' not in rule.rule
        }
        self.assertEqual(paths, routes)

    def test_reference_lists_the_paths(self):
        """docs/license-api.md and this document tell of the same paths."""
        path = pathlib.Path(__file__).resolve().parents[3] / 'docs' / 'license-api.md'
        if not path.exists():
            return  # the addon alone, without its repository
        found = re.findall(r'^### (GET|POST) (/\S+)', path.read_text(), re.MULTILINE)
        document = self._get_document()['paths']
        expected = {
            (method.upper(), path) for path, methods in document.items() for method in methods
        }
        self.assertEqual(set(found), expected)

    def test_server_keeps_to_the_document(self):
        """A few hundred requests made up from the document, good and bad ones."""
        self.authenticate(None, None)
        with self.allow_requests():
            cookie = f'test_request_key={self.http_request_key}'
            result = subprocess.run(
                [
                    sys.executable,
                    '-m',
                    'schemathesis.cli',
                    '--config-file',
                    str(pathlib.Path(__file__).with_name('schemathesis.toml')),
                    'run',
                    self.base_url() + '/license/v1/openapi.json',
                    '--url',
                    self.base_url() + '/license/v1',
                    '-H',
                    f'Cookie: {cookie}',
                    '--seed',
                    '1',
                    '--max-examples',
                    '4',
                    '--phases',
                    'coverage,fuzzing',
                    '--generation-database',
                    'none',
                    '--no-color',
                ],
                cwd=tempfile.mkdtemp(),
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
                preexec_fn=lift_memory_limit,
            )
        self.assertEqual(result.returncode, 0, result.stdout[-6000:] + result.stderr[-2000:])
