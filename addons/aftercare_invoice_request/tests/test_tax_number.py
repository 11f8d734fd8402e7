from odoo.tests import BaseCase, tagged

from ..tools import fapiao, inputs, tax_number


@tagged('post_install', '-at_install')
class TestTaxNumber(BaseCase):
    def test_numbers_are_brought_to_one_form(self):
        for typed in (
            ' 91110000600037341l ',
            '9111 0000 6000 3734 1L',
            '91110000-60003734-1L',
            '９１１１００００６０００３７３４１Ｌ',
        ):
            self.assertEqual(tax_number.normalize(typed), '91110000600037341L')
        self.assertEqual(tax_number.normalize(None), '')

    def test_credit_codes(self):
        for number in ('91110000600037341L', '91330100799655058B'):
            self.assertIsNone(tax_number.check_chinese(number), number)

    def test_credit_codes_of_the_registers_with_letters(self):
        body = 'N2110000MA00000XX'
        number = body + tax_number.uscc.calc_check_digit(body)
        self.assertIsNone(tax_number.check_chinese(number))
        wrong = body + ('A' if number[-1] != 'A' else 'B')
        self.assertEqual(tax_number.check_chinese(wrong), tax_number.BAD_CHECK)

    def test_one_wrong_character_is_found(self):
        number = '91110000600037341L'
        for index in range(8, 18):
            for letter in '0A':
                wrong = number[:index] + letter + number[index + 1 :]
                if wrong != number:
                    self.assertEqual(tax_number.check_chinese(wrong), tax_number.BAD_CHECK, wrong)
        self.assertEqual(tax_number.check_chinese('9133010079965505BB'), tax_number.BAD_CHECK)

    def test_old_and_personal_numbers(self):
        for number in ('110108717861234', '12345678901234567', '36042619910101007100'):
            self.assertEqual(tax_number.check_chinese(number), tax_number.OLD, number)
        self.assertEqual(tax_number.check_chinese('360426199101010071'), tax_number.PERSONAL)

    def test_other_forms(self):
        self.assertEqual(tax_number.check_chinese(''), tax_number.MISSING)
        for number in ('123', '911100006000373', '9111000060003734_L', '9' * 30, '９' * 18):
            if len(number) != 15:
                self.assertEqual(tax_number.check_chinese(number), tax_number.BAD_FORM, number)

    def test_numbers_of_other_countries(self):
        self.assertTrue(tax_number.is_valid_abroad('A13585625', 'ES'))
        self.assertTrue(tax_number.is_valid_abroad('ESA13585625', 'ES'))
        self.assertFalse(tax_number.is_valid_abroad('A13585626', 'ES'))
        self.assertIsNone(tax_number.is_valid_abroad('1234', 'AQ'))

    def test_numbers_of_invoices(self):
        self.assertTrue(fapiao.is_digital_number('24312000000123456789'))
        for number in (
            '2431200000012345678',
            '243120000001234567890',
            '2431200000012345678X',
            None,
        ):
            self.assertFalse(fapiao.is_digital_number(number), number)
        self.assertTrue(fapiao.is_paper_number('12345678', '0123456789'))
        self.assertTrue(fapiao.is_paper_number('12345678', '012345678901'))
        for number, code in (
            ('1234567', '0123456789'),
            ('12345678', '01234567890'),
            ('12345678', None),
            ('１２３４５６７８９', '0123456789'),
        ):
            self.assertFalse(fapiao.is_paper_number(number, code), (number, code))

    def test_what_comes_from_forms(self):
        self.assertEqual(inputs.clean(' a\0b '), 'ab')
        self.assertEqual(len(inputs.clean('x' * 10_000)), inputs.MAX_LENGTH)
        for value in ('-1', '1e3', '²', '٣', '99999999999', '4294967296', '', None, 'x'):
            self.assertEqual(inputs.clean_id(value), 0, value)
        self.assertEqual(inputs.clean_id('42'), 42)
        self.assertEqual(inputs.clean_id(42), 42)
