import json
from pathlib import Path

from odoo.addons.aftercare_license.tools import hosts
from odoo.tests import BaseCase, tagged

VECTORS = Path(__file__).parent / 'vectors'


@tagged('post_install', '-at_install')
class TestHosts(BaseCase):
    def test_every_vector_of_normalisation(self):
        vectors = json.loads((VECTORS / 'hosts.json').read_text())
        self.assertGreater(len(vectors), 100)
        for vector in vectors:
            with self.subTest(id=vector['id'], input=vector['input'][:60]):
                try:
                    result = hosts.normalize(vector['input'], **vector.get('options', {}))._asdict()
                except hosts.HostError as error:
                    result = error.code
                self.assertEqual(result, vector.get('error') or vector['result'])

    def test_every_vector_of_matching(self):
        for vector in json.loads((VECTORS / 'matching.json').read_text()):
            with self.subTest(**vector):
                self.assertIs(
                    hosts.matches(vector['bound'], vector['presented'], vector['mode']),
                    vector['match'],
                )

    def test_normal_form_is_stable(self):
        for vector in json.loads((VECTORS / 'hosts.json').read_text()):
            if 'result' in vector:
                name = vector['result']['name']
                again = hosts.normalize(name, allow_wildcard=True)
                self.assertEqual(again.name, name)
                self.assertEqual(hosts.normalize(again.display, allow_wildcard=True), again)

    def test_nothing_but_text_is_a_host(self):
        for value in (None, 1, 1.5, True, [], {}, b'example.com'):
            with self.subTest(value=value), self.assertRaises(hosts.HostError) as caught:
                hosts.normalize(value)
            self.assertEqual(caught.exception.code, 'EMPTY')

    def test_names_that_look_like_others(self):
        for text, expected in (
            ('pаypal.com', True),
            ('аррӏе.com', True),
            ('example.com', False),
            ('müller.de', False),
            ('яндекс.рф', False),
            ('αβγ.com', False),
            ('例子.中国', False),
        ):
            with self.subTest(text=text):
                self.assertIs(hosts.is_confusable(hosts.normalize(text)), expected)

    def test_hostile_text_is_refused_at_once(self):
        for text in ('.' * 4096, 'a.' * 2000, 'xn--' * 1000, '-' * 4096 + '.com', '例' * 4000):
            with self.assertRaises(hosts.HostError):
                hosts.normalize(text)
