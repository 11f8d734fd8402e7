from unittest.mock import patch

from odoo.addons.base.tests.common import BaseCommon
from odoo.fields import Command
from odoo.tests import new_test_user

BUCKETS = ('cash', 'bonus', 'commission', 'held', 'bonus_held')


class WalletCommon(BaseCommon):
    """A company with a chart of accounts, a gateway, customers with portal users, staff."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.company = cls._create_company(
            name="Wallet Test",
            country_id=cls.env.ref('base.us').id,
            currency_id=cls.env.ref('base.USD').id,
        )
        cls.env.user.company_ids += cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(
            context=dict(cls.env.context, lang='en_US', allowed_company_ids=cls.company.ids)
        )
        cls.company = cls.company.with_env(cls.env)
        cls.env['account.chart.template'].try_loading(
            'generic_coa', company=cls.company, install_demo=False
        )
        cls.currency = cls.company.currency_id
        cls.euro = cls.env.ref('base.EUR')
        cls.euro.active = True
        cls.company.write(
            {'wallet_topup_min': 10, 'wallet_topup_max': 5000, 'wallet_balance_max': 0}
        )
        cls.company._ensure_wallet_accounting()
        cls.gateway = cls._create_gateway()
        cls.wallet_provider = cls.company._get_wallet_provider()
        if not cls.wallet_provider:
            cls.wallet_provider = cls.company._create_wallet_provider()
        cls.wallet_provider.write({'state': 'enabled', 'is_published': True})
        cls.user_portal = cls._create_user('wallet_portal', 'base.group_portal', "Lan Portal")
        cls.owner = cls.env['res.partner'].create(
            {'name': "Lan Ltd", 'is_company': True, 'email': 'office@lan.example.com'}
        )
        cls.customer = cls.user_portal.partner_id
        cls.customer.parent_id = cls.owner
        cls.user_other = cls._create_user('wallet_other', 'base.group_portal', "Other Portal")
        cls.other = cls.user_other.partner_id
        cls.staff = cls._create_user(
            'wallet_staff', 'aftercare_wallet.aftercare_wallet_group_user', "Wallet Staff"
        )
        cls.manager = cls._create_user(
            'wallet_manager', 'aftercare_wallet.aftercare_wallet_group_manager', "Wallet Manager"
        )
        cls.manager_2 = cls._create_user(
            'wallet_manager_2', 'aftercare_wallet.aftercare_wallet_group_manager', "Second Manager"
        )
        cls.Account = cls.env['wallet.account']
        cls.Entry = cls.env['wallet.entry']
        cls.account = cls.Account._get_for(cls.customer)
        cls.other_account = cls.Account._get_for(cls.other)
        cls.keys = 0

    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=60)
        )

    @classmethod
    def _create_user(cls, login, groups, name):
        return new_test_user(
            cls.env,
            login,
            groups,
            name=name,
            email=f'{login}@example.com',
            lang='en_US',
            tz='UTC',
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_gateway(cls):
        """Return a provider that stands for any card or QR code provider."""
        Method = cls.env['account.payment.method'].sudo()
        if not Method.search([('code', '=', 'none')]):
            Method.create({'name': "Gateway", 'code': 'none', 'payment_type': 'inbound'})
        form = cls.env['ir.ui.view'].create(
            {'name': "Gateway", 'type': 'qweb', 'arch': '<form action="gateway" method="post"/>'}
        )
        method = cls.env.ref('payment.payment_method_unknown')
        gateway = cls.env['payment.provider'].create(
            {
                'name': "Gateway",
                'code': 'none',
                'state': 'test',
                'is_published': True,
                'company_id': cls.company.id,
                'payment_method_ids': [Command.set(method.ids)],
                'redirect_form_view_id': form.id,
            }
        )
        method.active = True
        gateway.journal_id = cls.env['account.journal'].search(
            [
                ('company_id', '=', cls.company.id),
                ('type', '=', 'bank'),
                ('id', '!=', cls.company.wallet_journal_id.id),
            ],
            limit=1,
        )
        outstanding = cls.env['account.account'].create(
            {
                'name': "Outstanding Receipts",
                'code': '101498',
                'account_type': 'asset_current',
                'reconcile': True,
            }
        )
        gateway.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == gateway
        ).payment_account_id = outstanding
        return gateway

    # === HELPERS === #

    @classmethod
    def _key(cls):
        cls.keys += 1
        return f'test:{cls.keys}'

    @classmethod
    def _create_topup(cls, amount, account=None, **values):
        account = account or cls.account
        return cls.env['payment.transaction'].create(
            {
                'provider_id': cls.gateway.id,
                'payment_method_id': cls.gateway.payment_method_ids.id,
                'amount': amount,
                'currency_id': account.currency_id.id,
                'partner_id': account.partner_id.id,
                'operation': 'online_redirect',
                'is_wallet_topup': True,
                'wallet_account_id': account.id,
                **values,
            }
        )

    @classmethod
    def _top_up(cls, amount, account=None, **values):
        """Recharge a wallet by a confirmed payment; return the transaction."""
        tx = cls._create_topup(amount, account, **values)
        tx._set_done()
        tx._post_process()
        return tx

    @classmethod
    def _create_invoice(cls, amount=100.0, partner=None, tax=None, **values):
        return cls._create_move('out_invoice', amount, partner or cls.owner, tax, **values)

    @classmethod
    def _create_move(cls, move_type, amount, partner, tax=None, **values):
        move = cls.env['account.move'].create(
            {
                'move_type': move_type,
                'partner_id': partner.id,
                'company_id': cls.company.id,
                'invoice_date': '2026-03-02',
                'invoice_line_ids': [
                    Command.create(
                        {
                            'name': "Licence",
                            'quantity': 1,
                            'price_unit': amount,
                            'tax_ids': [Command.set(tax.ids if tax else [])],
                        }
                    )
                ],
                **values,
            }
        )
        move.action_post()
        return move

    def _pay_invoice(self, invoice, account=None):
        return (account or self.account)._pay(
            invoice.amount_residual, invoice_ids=[Command.set(invoice.ids)]
        )

    def _get_balances(self, account=None):
        account = account or self.account
        account.invalidate_recordset()
        return {bucket: account[bucket] for bucket in BUCKETS if account[bucket]}

    def _get_owed(self, account=None):
        """Return what the books say is owed to customers."""
        self.env.flush_all()
        account = account or self.company.wallet_liability_account_id
        [[total]] = self.env['account.move.line']._read_group(
            [('account_id', '=', account.id), ('parent_state', '=', 'posted')],
            [],
            ['amount_currency:sum'],
        )
        return -round(total or 0.0, 2)

    def _get_lines(self, move):
        """Return {account: balance} of a journal entry."""
        return {line.account_id: line.balance for line in move.line_ids}

    def _reconcile(self):
        """Return the differences that the comparison finds, as dict code → lines."""
        lines = self.env['wallet.reconciliation']._run(self.company).line_ids
        return lines.grouped('check_code')

    def _assert_agrees(self):
        differences = self.env['wallet.reconciliation']._run(self.company).line_ids
        self.assertFalse(
            [
                (line.check_code, line.account_id.id, line.detail, line.expected, line.found)
                for line in differences
            ]
        )
