import hashlib
import hmac

from odoo.addons.aftercare_license.tools import keys
from odoo.tests import BaseCase, tagged


@tagged('post_install', '-at_install')
class TestKeys(BaseCase):
    def test_form_of_a_key(self):
        key = keys.generate('ACME')
        self.assertRegex(key, r'^ACME(-[0-9A-HJKMNP-TV-Z]{5}){5}$')
        self.assertTrue(keys.is_well_formed(key))
        self.assertEqual(keys.canonical(key), key)
        self.assertEqual(len({keys.generate('ACME') for _index in range(1000)}), 1000)

    def test_check_character_is_fixed(self):
        self.assertEqual(keys.get_check_character('7K2MQ0V9XD4TRNEA1B2C8YHF'), '9')

    def test_every_mistyped_character_is_noticed(self):
        key = keys.generate('ACME')
        for index in range(5, len(key)):
            for character in keys.ALPHABET:
                if key[index] not in ('-', character):
                    wrong = key[:index] + character + key[index + 1 :]
                    self.assertFalse(keys.is_well_formed(wrong), wrong)

    def test_keys_are_read_as_people_type_them(self):
        key = 'ACME-7K2MQ-0V9XD-4TRNE-A1B2C-8YHF9'
        self.assertTrue(keys.is_well_formed(key))
        for text in (
            'acme-7k2mq-0v9xd-4trne-a1b2c-8yhf9',
            ' ACME 7K2MQ OV9XD 4TRNE AIB2C 8YHF9\n',
            'ACME7K2MQ0V9XD4TRNEA1B2C8YHF9',
            'acme–7k2mq–ov9xd–4trne–alb2c–8yhf9',
        ):
            with self.subTest(text=text):
                self.assertEqual(keys.canonical(text), key)
                self.assertEqual(keys.digest(text, 's'), keys.digest(key, 's'))

    def test_digest_is_an_hmac(self):
        key = 'ACME-7K2MQ-0V9XD-4TRNE-A1B2C-8YHF9'
        expected = hmac.new(b'secret', key.encode(), hashlib.sha256).hexdigest()
        self.assertEqual(keys.digest(key, 'secret'), expected)
        self.assertNotEqual(keys.digest(key, 'other'), expected)

    def test_prefix_with_letters_that_look_like_digits(self):
        key = keys.generate('SOLO')
        self.assertEqual(keys.canonical(key), key)
        self.assertEqual(keys.digest(key.replace('SOLO', 'S0L0'), 's'), keys.digest(key, 's'))

    def test_nonsense_is_no_key(self):
        for text in ('', 'ACME', None, 5, 'x' * 10_000, '\0' * 30, 'ACME-' + 'U' * 25, '例' * 30):
            with self.subTest(text=str(text)[:20]):
                self.assertFalse(keys.is_well_formed(text))
                self.assertEqual(len(keys.digest(text, 's')), 64)
