from odoo.tests import freeze_time, tagged

from .common import LicenseInvoiceCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-10 08:00:00')
class TestInvoice(LicenseInvoiceCommon):
    def _sell_by_invoice(self, *lines):
        order = self._create_order(*lines)
        order.action_confirm()
        invoice = self._invoice(order)
        self._pay_invoice(invoice)
        return order, invoice

    # === PAID LATER === #
    def test_invoice_paid_later_issues(self):
        order = self._create_order()
        order.action_confirm()
        invoice = self._invoice(order)
        self.assertFalse(order.license_ids)
        self._pay_invoice(invoice)
        self.assertEqual(order.license_ids.domain, 'example.com')
        invoice._invoice_paid_hook()
        self.assertEqual(len(order.license_ids), 1)

    def test_paid_part_of_the_units_issues_that_part(self):
        order = self._create_order({'product_uom_qty': 3})
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 2
        invoice.action_post()
        self._pay_invoice(invoice)
        self.assertEqual(len(order.license_ids), 2)
        rest = self._invoice(order)
        self._pay_invoice(rest)
        self.assertEqual(len(order.license_ids), 3)
        self.assertFalse(order.has_unissued_licenses)

    # === REFUND === #
    def test_credit_note_revokes(self):
        order, invoice = self._sell_by_invoice()
        self._credit(invoice)
        self.assertEqual(order.license_ids.state, 'revoked')
        self.assertIn(order.name, order.license_ids.change_ids[:1].reason)
        order._issue_licenses()
        self.assertEqual(len(order.license_ids), 1, "what was refunded is not issued again")

    def test_partial_credit_note_revokes_the_newest(self):
        order, invoice = self._sell_by_invoice({'product_uom_qty': 3})
        self._credit(invoice, quantity=1)
        licenses = order.license_ids.sorted('sale_unit')
        self.assertEqual(licenses.mapped('state'), ['active', 'active', 'revoked'])
        self._credit(invoice, quantity=1)
        self.assertEqual(licenses.mapped('state'), ['active', 'revoked', 'revoked'])

    def test_rebate_revokes_nothing(self):
        order, invoice = self._sell_by_invoice()
        self._credit(invoice, price=10.0)
        self.assertEqual(order.license_ids.state, 'active')

    def test_corrected_invoice_revokes_nothing(self):
        order, invoice = self._sell_by_invoice()
        wizard = (
            self.env['account.move.reversal']
            .with_context(active_model='account.move', active_ids=invoice.ids)
            .create({'journal_id': invoice.journal_id.id})
        )
        wizard.modify_moves()
        self.assertEqual(order.license_ids.state, 'active')
        corrected = wizard.new_move_ids
        corrected.action_post()
        self._pay_invoice(corrected)
        self.assertEqual(len(order.license_ids), 1)
        self._credit(corrected)
        self.assertEqual(order.license_ids.state, 'revoked')

    def test_company_may_decide_by_hand(self):
        self.env.company.license_revoke_on_refund = False
        order, invoice = self._sell_by_invoice()
        self._credit(invoice)
        self.assertEqual(order.license_ids.state, 'active')

    def test_refunded_payment_revokes(self):
        order = self._create_order({'product_uom_qty': 2})
        tx = self._pay(order)
        tx._create_child_transaction(tx.amount, is_refund=True)._set_done()
        self.assertEqual(order.license_ids.mapped('state'), ['revoked', 'revoked'])
        tx._post_process()
        self.assertEqual(len(order.license_ids), 2)

    def test_partly_refunded_payment_asks_staff(self):
        order = self._create_order({'product_uom_qty': 2})
        tx = self._pay(order)
        tx._create_child_transaction(50.0, is_refund=True)._set_done()
        self.assertEqual(order.license_ids.mapped('state'), ['active', 'active'])
        self.assertEqual(order.activity_ids.user_id, self.salesman)

    def test_chargeback_revokes(self):
        order = self._create_order()
        tx = self._pay(order)
        tx._set_error("Charged back", extra_allowed_states=('done',))
        self.assertEqual(order.license_ids.state, 'revoked')

    def test_failed_second_payment_revokes_nothing(self):
        order = self._create_order()
        self._pay(order)
        self._create_payment(order)._set_error("Declined")
        self.assertEqual(order.license_ids.state, 'active')

    def test_refunded_renewal_takes_the_term_back(self):
        license = self._create_license('example.com')
        end = license.date_expiry
        _order, invoice = self._sell_by_invoice({'license_id': license.id, 'product_uom_qty': 2})
        self.assertEqual(license.date_expiry.year, end.year + 2)
        self._credit(invoice, quantity=1)
        self.assertEqual(license.date_expiry.year, end.year + 1)
        self._credit(invoice, quantity=1)
        self.assertEqual(license.date_expiry, end)
        self.assertEqual(license.state, 'active')
        self.assertEqual(license.change_ids.sorted('id')[-1:].kind, 'unrenew')

    def test_refunded_renewal_of_an_expired_license_expires_again(self):
        with freeze_time('2024-01-10 08:00:00'):
            license = self._create_license('example.com')
        license.sudo()._wake()
        end = license.date_expiry
        self.assertEqual(license.state, 'expired')
        order = self._create_order({'license_id': license.id})
        tx = self._pay(order)
        self.assertEqual(license.state, 'active')
        self.assertEqual(str(license.date_expiry.date()), '2027-03-10')
        tx._create_child_transaction(tx.amount, is_refund=True)._set_done()
        self.assertEqual((license.state, license.date_expiry), ('expired', end))
