from odoo.tests import BaseCase, tagged

from ..tools import rsa2


@tagged('post_install', '-at_install')
class TestRsa2(BaseCase):
    def test_text_to_sign(self):
        params = {'b': '2', 'a': 'x&y=z', 'sign': 's', 'sign_type': 'RSA2', 'empty': ''}
        self.assertEqual(rsa2.build_message(params), 'a=x&y=z&b=2&sign_type=RSA2')
        self.assertEqual(
            rsa2.build_message(params, leave_out=('sign', 'sign_type'), keep_empty=True),
            'a=x&y=z&b=2&empty=',
        )

    def test_answer_is_cut_and_not_written_anew(self):
        text = ' {"x_response" : {"code":"10000","url":"https:\\/\\/a.b","n": 1.50} , "sign":"S"} '
        parts = rsa2.split_answer(text)
        self.assertEqual(
            parts['x_response'][1], '{"code":"10000","url":"https:\\/\\/a.b","n": 1.50}'
        )
        self.assertEqual(parts['x_response'][0]['url'], 'https://a.b')
        self.assertEqual(parts['sign'][0], 'S')
        self.assertEqual(rsa2.split_answer('{}'), {})

    def test_braces_in_texts(self):
        parts = rsa2.split_answer('{"r":{"m":"},\\"sign\\":\\"x\\"{"},"sign":"S"}')
        self.assertEqual(parts['r'][0]['m'], '},"sign":"x"{')
        self.assertEqual(parts['sign'][0], 'S')

    def test_what_is_no_answer(self):
        for text in (
            '',
            'null',
            '[]',
            '{"a":1',
            '{"a":1}x',
            '{"a":1,}',
            '{"a":1 "b":2}',
            '{"a":1,"a":2}',
            '{1:2}',
            '<html>',
        ):
            with self.assertRaises(ValueError):
                rsa2.split_answer(text)

    def test_amounts(self):
        for text, amount in (('128.50', 128.5), ('0.01', 0.01), ('100000000', 1e8), ('0', 0.0)):
            self.assertEqual(rsa2.read_amount(text), amount)
        for text in (None, '', '-1.00', '1e3', 'nan', 'inf', '1,000.00', '0.001', '1.', ' 1', 5):
            self.assertIsNone(rsa2.read_amount(text), text)
