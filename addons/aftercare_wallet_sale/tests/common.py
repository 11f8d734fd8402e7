from odoo import fields
from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.tests import new_test_user


class WalletSaleCommon(AccountPaymentCommon):
    """A member with a wallet, orders of exactly 100.00, and another provider beside it."""

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref('sales_team.group_sale_manager')
            | cls.quick_ref('aftercare_wallet.aftercare_wallet_group_manager')
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, lang='en_US'))
        cls.company = cls.env.company
        cls.usd = cls.company.currency_id
        cls.company.write({'wallet_bonus_percent': 100})
        cls.company.sudo()._ensure_wallet_accounting()
        cls.wallet_provider = (
            cls.company._get_wallet_provider() or cls.company.sudo()._create_wallet_provider()
        )
        cls.wallet_provider.sudo().write({'state': 'enabled', 'is_published': True})
        cls.member = cls._create_portal_user('wallet_member', "Li Member")
        cls.other = cls._create_portal_user('wallet_other', "Other Member")
        cls.manager = new_test_user(
            cls.env,
            'wallet_sale_manager',
            'aftercare_wallet.aftercare_wallet_group_manager,sales_team.group_sale_manager',
            name="Mona Manager",
            lang='en_US',
            tz='UTC',
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )
        cls.customer = cls.member.partner_id
        cls.service = cls._create_service("Care", 100)
        cls.gift_card = cls._create_service("Gift Card", 40, wallet_no_bonus=True)
        cls.account = cls._create_wallet(cls.customer, cash=30)
        cls.order = cls._create_order()

    @classmethod
    def _create_portal_user(cls, login, name):
        return new_test_user(
            cls.env,
            login,
            'base.group_portal',
            name=name,
            password=f'{login}-password',
            email=f'{login}@example.com',
            phone='+1 555 555 5555',
            street="1 Main Street",
            city="Scranton",
            zip='18503',
            country_id=cls.env.ref('base.us').id,
            state_id=cls.env.ref('base.state_us_39').id,
            lang='en_US',
            tz='UTC',
            company_id=cls.company.id,
            company_ids=[fields.Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_service(cls, name, price, **vals):
        return cls.env['product.product'].create(
            {
                'name': name,
                'type': 'service',
                'list_price': price,
                'invoice_policy': 'order',
                'taxes_id': [fields.Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _create_wallet(cls, partner, cash=0, bonus=0):
        account = cls.env['wallet.account'].sudo()._get_for(partner)
        operator = cls.env.ref('base.user_admin')
        if cash:
            account._book(
                'adjust',
                {'cash': cash},
                f'test:{partner.id}:cash:{account.seq}',
                reason="Test",
                operator=operator,
            )
        if bonus:
            account._grant_bonus(
                bonus, f'test:{partner.id}:bonus:{account.seq}', reason="Test", operator=operator
            )
        return account

    @classmethod
    def _create_order(cls, *products, partner=None, **vals):
        products = products or (cls.service,)
        return cls.env['sale.order'].create(
            {
                'partner_id': (partner or cls.customer).id,
                'require_payment': True,
                'require_signature': False,
                'prepayment_percent': 1.0,
                'state': 'sent',
                'order_line': [
                    fields.Command.create({'product_id': product.id}) for product in products
                ],
                **vals,
            }
        )

    @classmethod
    def _create_rest(cls, order, part=None, amount=None):
        """Create the payment of the rest by another provider, as the routes make it."""
        if part is not None:
            order._set_wallet_choice(part)
        rest = order.amount_total - (part or 0) if amount is None else amount
        part_tx = order._begin_wallet_part(rest, cls.member)
        return (
            cls.env['payment.transaction']
            .sudo()
            .create(
                {
                    'provider_id': cls.provider.id,
                    'payment_method_id': cls.payment_method_id,
                    'amount': rest,
                    'currency_id': order.currency_id.id,
                    'partner_id': order.partner_id.id,
                    'operation': 'online_redirect',
                    'sale_order_ids': [fields.Command.set(order.ids)],
                    'wallet_part_id': part_tx.id,
                }
            )
        )

    def _confirm(self, tx):
        """Let the provider tell that a payment is done."""
        tx._set_done()
        tx._post_process()

    def _get_reservations(self, order=None):
        order = order or self.order
        return (
            self.env['wallet.reservation']
            .sudo()
            .search([('transaction_id', 'in', order.sudo().transaction_ids.ids)])
        )

    def _expire_reservations(self, order=None):
        """Half an hour passes."""
        reservations = self._get_reservations(order).filtered('expires_at')
        reservations.expires_at = fields.Datetime.subtract(fields.Datetime.now(), minutes=1)
        self.env.flush_all()
        due = reservations.search([('expires_at', '<', fields.Datetime.now())])
        due._release()

    def assertWallet(self, account=None, **amounts):
        account = account or self.account
        account.invalidate_recordset()
        for bucket, amount in amounts.items():
            self.assertAlmostEqual(account[bucket], amount, places=4, msg=bucket)

    def assertBooksAgree(self):
        """What the company owes is what is in the wallets, to the cent."""
        accounts = self.env['wallet.account'].sudo().search([('company_id', '=', self.company.id)])
        accounts.invalidate_recordset()
        lines = self.env['account.move.line'].search(
            [
                ('account_id', '=', self.company.wallet_liability_account_id.id),
                ('parent_state', '=', 'posted'),
            ]
        )
        self.assertAlmostEqual(
            -sum(lines.mapped('balance')),
            sum(accounts.mapped('cash')) + sum(accounts.mapped('held')),
            places=4,
        )

    def assertReceivable(self, partner, amount):
        """What the customer owes; negative: what he has paid in advance."""
        lines = self.env['account.move.line'].search(
            [
                ('account_id.account_type', '=', 'asset_receivable'),
                ('partner_id', '=', partner.id),
                ('parent_state', '=', 'posted'),
                ('company_id', '=', self.company.id),
            ]
        )
        self.assertAlmostEqual(sum(lines.mapped('balance')), amount, places=4)
