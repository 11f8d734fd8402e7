import datetime
import io

import xlsxwriter

from odoo.tests import BaseCase, tagged

from ..tools.table_file import MIXED, TableError, read_table


@tagged('post_install', '-at_install')
class TestTableFile(BaseCase):
    def _texts(self, content, **kwargs):
        table = read_table(content, **kwargs)
        return [table.header, *(cells for _number, cells in table.rows)]

    def test_encodings_are_found_out(self):
        text = "姓名,邮箱\n李伟,li@example.com\n"
        for encoding, expected in (
            ('utf-8', 'utf-8'),
            ('utf-8-sig', 'utf-8'),
            ('gb18030', 'gb18030'),
            ('utf-16', 'utf-16-le'),
            ('utf-16-be', 'utf-16-be'),
            ('utf-16-le', 'utf-16-le'),
        ):
            with self.subTest(encoding=encoding):
                table = read_table(text.encode(encoding))
                self.assertEqual(table.encoding, expected)
                self.assertEqual(table.header, ["姓名", "邮箱"])
                self.assertEqual(table.rows, [(2, ["李伟", 'li@example.com'])])

    def test_two_encodings_in_one_file(self):
        content = "name,city\n王芳,上海\n".encode() + "李伟,北京\n".encode('gb18030')
        table = read_table(content)
        self.assertEqual(table.encoding, MIXED)
        self.assertEqual(table.rows, [(2, ["王芳", "上海"]), (3, ["李伟", "北京"])])

    def test_gb18030_that_happens_to_be_utf8_in_one_line(self):
        # 模 is C4 A3, which is ģ in UTF-8; the other line shows what it is
        content = "name,city\n模,x\n李伟,北京\n".encode('gb18030')
        self.assertEqual(self._texts(content)[1:], [["模", 'x'], ["李伟", "北京"]])

    def test_farsi_keeps_its_joiner(self):
        content = "name\nعلی\u200cرضا\u200e\n".encode()
        self.assertEqual(self._texts(content)[1], ["علی\u200cرضا"])

    def test_chosen_encoding_is_insisted_on(self):
        self.assertEqual(self._texts("name\n陳\n".encode('big5'), encoding='big5')[1], ["陳"])
        with self.assertRaisesRegex(TableError, 'encoding'):
            read_table(b'name\n\xff\xff\n', encoding='utf-8')

    def test_delimiters_are_found_out(self):
        for delimiter in ',;\t|':
            with self.subTest(delimiter=delimiter):
                content = f'"a, b; c"{delimiter}d\n1{delimiter}2\n'.encode()
                self.assertEqual(self._texts(content), [["a, b; c", 'd'], ['1', '2']])

    def test_quoted_line_breaks_and_empty_lines(self):
        content = b'\r\nname,street\r\n"Li","a\r\nb"\r\n,\r\n\r\nWang,c\r\n'
        table = read_table(content)
        self.assertEqual(table.rows, [(3, ['Li', 'a\r\nb']), (7, ['Wang', 'c'])])

    def test_workbook(self):
        output = io.BytesIO()
        workbook = xlsxwriter.Workbook(output)
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["Name", "Phone", "Since", "Company"])
        sheet.write_row(1, 0, ["李伟", 13800138000])
        sheet.write_datetime(
            1, 2, datetime.datetime(2024, 5, 6), workbook.add_format({'num_format': 'yyyy-mm-dd'})
        )
        sheet.write_boolean(1, 3, True)
        workbook.close()
        self.assertEqual(
            self._texts(output.getvalue())[1], ["李伟", '13800138000', '2024-05-06', 'yes']
        )

    def test_what_is_no_table_is_refused(self):
        for content, code in (
            (b'', 'empty'),
            (b' \r\n\r\n', 'empty'),
            (b'PK\x03\x04 broken', 'format'),
            (b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel', 'format'),
            (b'\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR', 'format'),
        ):
            with self.subTest(content=content), self.assertRaisesRegex(TableError, code):
                read_table(content)

    def test_too_long_a_table_is_refused(self):
        content = b'name\n' + b'x\n' * 11
        self.assertEqual(len(read_table(content, max_rows=11).rows), 11)
        with self.assertRaisesRegex(TableError, 'size'):
            read_table(content, max_rows=10)
