from odoo.addons.aftercare_helpdesk_website import utils
from odoo.tests import TransactionCase, tagged

from .common import EXE, PDF, PNG

ALLOWED = utils.parse_extensions(utils.DEFAULT_FILE_TYPES)


@tagged('post_install', '-at_install')
class TestUtils(TransactionCase):
    def _check(self, name, content, allowed=ALLOWED, max_size=1000):
        error = utils.check_file(name, content, allowed, max_size)
        return error and self.env._(error)

    def test_files_of_allowed_types_pass(self):
        self.assertIsNone(self._check('screen.PNG', PNG))
        self.assertIsNone(self._check('invoice.pdf', PDF))
        self.assertIsNone(self._check('notes.txt', "Grüße, 你好, سلام".encode()))
        self.assertIsNone(self._check('server.log', b'2026-01-01 ERROR import os\nimport sys\n'))
        self.assertIsNone(self._check('export.csv', "姓名,金额\n".encode('gb18030')))

    def test_forbidden_extension_is_refused_whatever_is_allowed(self):
        self.assertIn("type we do not accept", self._check('setup.exe', EXE))
        self.assertIn("type we do not accept", self._check('page.html', b'x', ['html']))
        self.assertIn("type we do not accept", self._check('no_extension', PNG))

    def test_program_in_disguise_is_refused(self):
        for content in (EXE, b'#!/bin/sh\nrm -rf /\n', b'<script>alert(1)</script>', PDF):
            self.assertIn("not what its name says", self._check('holiday.png', content))
        self.assertIn(
            "not what its name says", self._check('notes.txt', b'\n <html><body>hi</body></html>')
        )
        svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>'
        self.assertIn("not what its name says", self._check('picture.jpg', svg))

    def test_empty_and_large_files_are_refused(self):
        self.assertIn("is empty", self._check('a.txt', b''))
        self.assertIn("at most 1 KB", self._check('a.txt', b'x' * 1001))
        self.assertIsNone(self._check('a.txt', b'x' * 1000))

    def test_extensions_are_read_from_any_spelling(self):
        self.assertEqual(utils.parse_extensions("jpg, .PNG;pdf  jpg,,"), ['jpg', 'png', 'pdf'])
        self.assertEqual(utils.parse_extensions(False), [])

    def test_filename_is_cleaned(self):
        self.assertEqual(utils.clean_filename('C:\\temp\\a\x00b.txt'), 'ab.txt')
        self.assertEqual(utils.clean_filename('../../etc/passwd.txt'), 'passwd.txt')
        self.assertEqual(utils.clean_filename('gpj.\u202eexe.png'), 'gpj.exe.png')
        long_name = utils.clean_filename('x' * 500 + '.pdf')
        self.assertEqual((len(long_name), long_name[-4:]), (150, '.pdf'))

    def test_text_keeps_joiners_and_loses_controls(self):
        persian = "می‌خواهم"
        self.assertEqual(utils.clean_line(f" {persian}\x00\n b "), f"{persian} b")
        self.assertEqual(utils.clean_text("a\r\nb\x07\tc\n\n"), "a\nb    c")
        self.assertEqual(utils.clean_line(None), "")

    def test_phone_is_completed_by_country(self):
        self.assertEqual(utils.parse_phone('021 2281 1234', 'CN'), '+86 21 2281 1234')
        self.assertEqual(utils.parse_phone('+34 612 34 56 78'), '+34 612 34 56 78')
        for number in ('123', 'call me', '+34 1'):
            with self.assertRaises(ValueError):
                utils.parse_phone(number, 'ES')
        self.assertTrue(utils.get_phone_example('IR').startswith('+98'))
        self.assertTrue(utils.get_phone_example(None).startswith('+'))

    def test_size_is_readable(self):
        self.assertEqual(utils.format_size(10 * utils.MEGABYTE), '10 MB')
        self.assertEqual(utils.format_size(1572864), '1.5 MB')
        self.assertEqual(utils.format_size(2048), '2 KB')
