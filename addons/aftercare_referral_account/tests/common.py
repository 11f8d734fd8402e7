from odoo.addons.aftercare_referral.tests.common import ReferralCommon
from odoo.fields import Command


class ReferralAccountCommon(ReferralCommon):
    """A company of its own with a chart of accounts; invoices that are paid and credited."""

    @classmethod
    def _set_company(cls):
        company = cls._create_company(
            name="Referral Test",
            country_id=cls.env.ref('base.us').id,
            currency_id=cls.env.ref('base.USD').id,
        )
        cls.env.user.company_ids += company
        cls.env.user.company_id = company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))
        company = company.with_env(cls.env)
        cls.env['account.chart.template'].try_loading(
            'generic_coa', company=company, install_demo=False
        )
        return company

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax = cls.env['account.tax'].create(
            {'name': "Tax 13 %", 'amount': 13, 'type_tax_use': 'sale', 'company_id': cls.company.id}
        )
        cls.bank = cls.env['account.journal'].search(
            [('type', '=', 'bank'), ('company_id', '=', cls.company.id)], limit=1
        )

    def _invoice(self, *lines, partner=None, post=True, **vals):
        """Create an invoice; a line is a price, or a dict."""
        invoice = self.env['account.move'].create(
            {
                'move_type': 'out_invoice',
                'partner_id': (partner or self.carl).id,
                'invoice_date': '2026-03-01',
                'invoice_line_ids': [
                    Command.create(
                        {
                            'product_id': self.product_a.id,
                            'quantity': 1,
                            'tax_ids': [Command.clear()],
                            **(line if isinstance(line, dict) else {'price_unit': line}),
                        }
                    )
                    for line in lines
                ],
                **vals,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _pay(self, invoice, amount=None):
        vals = {} if amount is None else {'amount': amount}
        return (
            self.env['account.payment.register']
            .with_context(active_model='account.move', active_ids=invoice.ids)
            .create({'journal_id': self.bank.id, **vals})
            ._create_payments()
        )

    def _credit(self, invoice, **prices):
        """Post a credit note over an invoice; prices are those of its lines, with an underscore."""
        wizard = (
            self.env['account.move.reversal']
            .with_context(active_model='account.move', active_ids=invoice.ids)
            .create({'journal_id': invoice.journal_id.id})
        )
        wizard.refund_moves()
        credit_note = wizard.new_move_ids
        if prices:
            lines = credit_note.invoice_line_ids
            for index, line in enumerate(lines):
                line.price_unit = prices.get(f'_{index}', 0)
        credit_note.action_post()
        return credit_note

    def _get_commissions(self, invoice):
        return self.Commission.search(
            [('source_move_id', '=', invoice.id)], order='origin_id, level, id'
        )

    def _get_amounts(self, invoice):
        return [c.amount for c in self._get_commissions(invoice) if not c.origin_id]
