import base64
import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged, users

from .common import LicenseSaleCommon

HEADER = "order,date,customer,email,product,domain,key,start,expiry,amount,currency"
KEY = 'OLD-7K2MQ-0V9XD-4TRNE-A1B2C-8YHFZ'


@tagged('post_install', '-at_install')
@freeze_time('2026-03-10 08:00:00')
class TestImport(LicenseSaleCommon):
    def _import(self, *rows, header=HEADER, encoding='utf-8', content=None, **vals):
        text = '\n'.join([header, *rows])
        return self.env['software.license.import'].create(
            {
                'name': "orders.csv",
                'source': "old-shop",
                'file': base64.b64encode(content or text.encode(encoding)),
                **vals,
            }
        )

    def _get_orders(self):
        return self.env['sale.order'].sudo().search([('external_source', '=', 'old-shop')])

    @users('license_manager')
    def test_new_orders_and_licenses(self):
        record = self._import(
            f"A-1,2025-06-15,Ann Lee,ann@new.example.com,test-seo,www.ann.example.com,{KEY},"
            "2025-06-15,2026-06-15,99.50,",
            "A-1,2025-06-15,Ann Lee,ann@new.example.com,test-shop,shop.ann.example.com,,,,10,",
            "A-2,2023-01-02,,portal@lan.example.com,test-seo,old.example.com,,,2024-01-02,50,",
        )
        record.action_check()
        self.assertEqual(
            (record.state, record.row_count, record.create_count, record.error_count),
            ('checked', 3, 3, 0),
        )
        self.assertFalse(self._get_orders(), "a dry run changes nothing")
        sent = self.env['mail.mail'].sudo().search_count([])
        record.action_import()
        self.assertEqual(record.state, 'done')
        orders = self._get_orders()
        first = orders.filtered(lambda order: order.external_reference == 'A-1')
        self.assertEqual(len(orders), 2)
        self.assertEqual(first.state, 'sale')
        self.assertEqual(first.partner_id.email, 'ann@new.example.com')
        self.assertEqual(first.order_line.mapped('price_unit'), [99.5, 10.0])
        self.assertEqual(first.invoice_status, 'no')
        license = first.order_line[0].license_ids
        self.assertEqual(license.domain, 'ann.example.com')
        self.assertEqual(license.key, KEY)
        self.assertEqual(license.key_digest, license._get_key_digest(KEY.lower()))
        self.assertEqual(license.state, 'active')
        self.assertEqual(str(license.date_start.date()), '2025-06-15')
        self.assertEqual(str(license.date_expiry.date()), '2026-06-15')
        self.assertEqual((license.sale_origin, license.import_id), ('A-1', record))
        second = (orders - first).license_ids
        self.assertEqual(second.state, 'expired')
        self.assertEqual(second.partner_id, self.customer)
        self.assertEqual(self.env['mail.mail'].sudo().search_count([]), sent)
        self.assertEqual(set(record.line_ids.mapped('state')), {'created'})
        with self.assertRaisesRegex(UserError, "new import"):
            record.action_import()

    def test_wrong_rows_are_listed_and_nothing_is_imported(self):
        self._create_license('taken.example.com')
        record = self._import(
            "B-1,2025-06-15,Ann,ann@example.com,test-seo,fine.example.com,,,,1,",
            "B-2,yesterday,,nobody,no-such,co.uk,short,,,x,XXX",
            "B-3,2025-06-15,Ann,ann@example.com,test-seo,taken.example.com,,,,1,",
            "B-4,2025-06-15,Ann,ann@example.com,test-seo,www.fine.example.com,,,,1,",
            "B-5,2025-06-15,Ann,ann@example.com,test-seo,github.io,,,,1,",
            ",2025-06-15,,,test-seo,,,,,1,",
            "B-6,,Ann,ann@example.com,test-seo,six.example.com,,2026-01-01,2025-01-01,1,",
            "B-1,2025-06-16,Ann,ann@example.com,test-shop,,,,,1,",
        )
        record.action_check()
        wrong = {line.row: line.mapped('column') for line in record.line_ids}
        self.assertEqual(set(wrong), {3, 4, 5, 6, 7, 8, 9})
        by_row = record.line_ids.grouped('row')
        self.assertEqual(
            set(by_row[3].mapped('column')),
            {'Date', 'E-mail', 'Product', 'Key', 'Amount', 'Currency'},
        )
        self.assertEqual(by_row[4].message, "This domain has a licence of this product already.")
        self.assertEqual(by_row[5].message, "The same domain as in row 2.")
        self.assertIn("ending under which", by_row[6].message)
        with self.assertRaisesRegex(UserError, "nothing was imported"):
            record.action_import()
        self.assertFalse(self._get_orders())

    def test_failure_while_writing_takes_everything_back(self):
        record = self._import(
            "C-1,2025-06-15,Ann,ann@example.com,test-seo,c1.example.com,,,,1,",
            "C-2,2025-06-15,Ann,ann@example.com,test-seo,c2.example.com,,,,1,",
        )
        Line = self.env.registry['sale.order.line']
        with (
            self.assertRaisesRegex(ZeroDivisionError, "disk"),
            self.cr.savepoint(),
        ):
            self.patch(Line, '_prepare_license_vals', self._fail)
            record.action_import()
        self.assertFalse(self._get_orders())

    @staticmethod
    def _fail(line, unit):
        raise ZeroDivisionError("disk")

    def test_newer_file_updates(self):
        row = "D-1,2025-06-15,Ann,ann@example.com,test-seo,%s,,2025-06-15,%s,%s,"
        self._import(row % ('d1.example.com', '2026-06-15', '10')).action_import()
        order = self._get_orders()
        license = order.license_ids
        again = self._import(row % ('d1.example.com', '2026-06-15', '10'))
        again.action_check()
        self.assertEqual((again.same_count, again.create_count, again.update_count), (1, 0, 0))
        again.action_import()
        newer = self._import(
            row % ('d2.example.com', '2027-06-15', '12'),
            "D-1,2025-06-15,Ann,ann@example.com,test-seo,d3.example.com,,,,5,",
        )
        newer.action_import()
        self.assertEqual((newer.update_count, newer.create_count), (1, 1))
        self.assertEqual(self._get_orders(), order)
        self.assertEqual(license.domain, 'd2.example.com')
        self.assertEqual(str(license.date_expiry.date()), '2027-06-15')
        self.assertEqual(order.order_line.mapped('price_unit'), [12.0, 5.0])
        self.assertEqual(len(order.license_ids), 2)
        other = self._import("D-1,2025-06-15,Bob,bob@example.com,test-seo,d2.example.com,,,,10,")
        other.action_check()
        self.assertIn("another customer", other.line_ids.message)

    def test_other_source_is_another_order(self):
        row = "E-1,2025-06-15,Ann,ann@example.com,test-seo,,,,,10,"
        self._import(row).action_import()
        other = self._import(row, source='new-shop')
        other.action_check()
        self.assertEqual(other.create_count, 1)

    def test_chinese_headers_in_gb18030(self):
        record = self._import(
            "F-1,2025年6月15日,张伟,zhang@example.com,test-seo,例子.中国,99",
            header="订单号,下单时间,客户名称,邮箱,产品编码,授权域名,金额",
            encoding='gb18030',
        )
        record.action_import()
        license = self._get_orders().license_ids
        self.assertEqual(license.domain, 'xn--fsqu00a.xn--fiqs8s')
        self.assertEqual(license.partner_id.name, "张伟")

    def test_workbook(self):
        workbook = openpyxl.Workbook()
        workbook.active.append(["Order No", "SKU", "Buyer", "Amount", "Remark"])
        workbook.active.append([1001.0, "test-seo", "Carl Grey", 25, "x"])
        output = io.BytesIO()
        workbook.save(output)
        record = self._import(content=output.getvalue())
        record.action_check()
        self.assertEqual(record.columns_ignored, "Remark")
        record.action_import()
        self.assertEqual(self._get_orders().external_reference, '1001')

    def test_files_that_are_no_tables(self):
        for content, message in (
            (b' \n', "empty"),
            (b'\x00\x01\x02', "neither"),
            (b'PK\x03\x04broken', "neither"),
            (b'foo,bar\n1,2', "Missing: Order, Product, Customer"),
        ):
            with self.subTest(content), self.assertRaisesRegex(UserError, message):
                self._import(content=content).action_check()

    @users('license_staff')
    def test_staff_cannot_import(self):
        with self.assertRaisesRegex(UserError, "not allowed"):
            self._import("G-1,,Ann,,test-seo,,,,,1,")

    def test_growth_of_queries_is_small(self):
        def measure(prefix, count):
            record = self._import(
                *(
                    f"{prefix}-{number},2025-06-15,,{prefix}{number}@example.com,test-seo,"
                    f"{prefix}{number}.example.com,,,,10,"
                    for number in range(count)
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record.action_import()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        measure('h', 2)
        few, many = measure('i', 5), measure('j', 25)
        self.assertLess((many - few) / 20, 20, f"{few} queries for 5 rows, {many} for 25")
