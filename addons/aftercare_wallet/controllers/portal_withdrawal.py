from odoo import fields
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from ..tools.amounts import parse_amount
from ..tools.errors import WalletError

MAX_ID = 2**31 - 1
TEXT_LIMIT = 200
PAYEE_FIELDS = ('kind', 'holder', 'number', 'bank_name', 'bank_branch', 'bank_code')


class WalletWithdrawalPortal(CustomerPortal):
    _withdrawals_per_page = 20

    # === THE FORM === #
    @route('/my/wallet/withdraw', type='http', auth='user', website=True, methods=['GET'])
    def portal_wallet_withdraw(self, account=None, done=None, **_kwargs):
        """The form that asks for a withdrawal, with the accounts it can be paid to."""
        account_sudo = self._withdraw_get_account(account)
        return self._withdraw_render(account_sudo, done=done)

    @route('/my/wallet/withdraw', type='http', auth='user', website=True, methods=['POST'])
    def portal_wallet_withdraw_submit(
        self, account=None, amount='', payee='', bucket='commission', note='', **_kwargs
    ):
        account_sudo = self._withdraw_get_account(account)
        typed = {'amount': amount[:30], 'payee': payee, 'bucket': bucket, 'note': note[:TEXT_LIMIT]}

        def act():
            number = parse_amount(amount, account_sudo.currency_id.decimal_places)
            if number is None:
                raise WalletError(request.env._("Please enter a valid amount."), 'INVALID_AMOUNT')
            return account_sudo.env['wallet.withdrawal']._create_request(
                account_sudo,
                number,
                self._withdraw_get_payee(account_sudo, payee),
                bucket,
                note[:TEXT_LIMIT],
            )

        withdrawal_sudo, error = self._withdraw_try(act)
        if error:
            return self._withdraw_render(account_sudo, typed=typed, error=error)
        return request.redirect(f'{withdrawal_sudo.access_url}?done=requested')

    @route('/my/wallet/payees', type='http', auth='user', website=True, methods=['POST'])
    def portal_wallet_payee_add(self, account=None, **kwargs):
        """Add an account that withdrawals can be paid to."""
        account_sudo = self._withdraw_get_account(account)
        values = {name: (kwargs.get(name) or '')[:TEXT_LIMIT] for name in PAYEE_FIELDS}

        def act():
            return account_sudo.env['wallet.payee']._add(
                account_sudo.partner_id, values, account_sudo.company_id
            )

        _payee_sudo, error = self._withdraw_try(act)
        if error:
            return self._withdraw_render(
                account_sudo, typed={'new_payee': values}, payee_error=error
            )
        return request.redirect(f'/my/wallet/withdraw?account={account_sudo.id}&done=payee')

    @route(
        '/my/wallet/payees/<int:payee_id>/remove',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_wallet_payee_remove(self, payee_id, account=None, **_kwargs):
        account_sudo = self._withdraw_get_account(account)
        payee_sudo = self._withdraw_get_payee(account_sudo, payee_id)
        if not payee_sudo:
            raise request.not_found()
        payee_sudo.active = False
        return request.redirect(f'/my/wallet/withdraw?account={account_sudo.id}&done=removed')

    # === THE LIST === #
    @route(
        ['/my/wallet/withdrawals', '/my/wallet/withdrawals/page/<int:page>'],
        type='http',
        auth='user',
        website=True,
        readonly=True,
    )
    def portal_my_withdrawals(self, page=1, filterby='all', **_kwargs):
        """The customer's withdrawals."""
        Withdrawal = request.env['wallet.withdrawal']
        filters = self._withdraw_get_filters()
        filterby = filterby if filterby in filters else 'all'
        domain = [
            ('partner_id', '=', request.env.user.partner_id.commercial_partner_id.id),
            ('state', '!=', 'draft'),
            *filters[filterby]['domain'],
        ]
        pager = portal_pager(
            url='/my/wallet/withdrawals',
            url_args={'filterby': filterby},
            total=Withdrawal.search_count(domain),
            page=page,
            step=self._withdrawals_per_page,
        )
        withdrawals = Withdrawal.search(
            domain, limit=self._withdrawals_per_page, offset=pager['offset']
        )
        return request.render(
            'aftercare_wallet.portal_my_withdrawals',
            self._prepare_portal_layout_values()
            | {
                'page_name': 'wallet_withdrawals',
                # sudo: wallet.withdrawal - found by the customer's rights; shows names of payees
                'withdrawals': withdrawals.sudo(),
                'pager': pager,
                'filterby': filterby,
                'withdrawal_filters': filters,
            },
        )

    def _withdraw_get_filters(self):
        return {
            'all': {'label': request.env._("All"), 'domain': []},
            'open': {
                'label': request.env._("Open"),
                'domain': [('state', 'in', ('requested', 'approved'))],
            },
            'paid': {'label': request.env._("Paid"), 'domain': [('state', '=', 'paid')]},
            'refused': {
                'label': request.env._("Not paid"),
                'domain': [('state', 'in', ('rejected', 'cancelled'))],
            },
        }

    # === ONE WITHDRAWAL === #
    @route(
        '/my/wallet/withdrawals/<int:withdrawal_id>',
        type='http',
        auth='user',
        website=True,
        readonly=True,
    )
    def portal_wallet_withdrawal(self, withdrawal_id, done=None, **_kwargs):
        """The page of one withdrawal."""
        withdrawal_sudo = self._withdrawal_get(withdrawal_id)
        return self._withdrawal_render(withdrawal_sudo, done=done)

    @route(
        '/my/wallet/withdrawals/<int:withdrawal_id>/cancel',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_wallet_withdrawal_cancel(self, withdrawal_id, **_kwargs):
        """Give the money back, as long as nobody has approved."""
        withdrawal_sudo = self._withdrawal_get(withdrawal_id)
        _result, error = self._withdraw_try(withdrawal_sudo._cancel)
        if error:
            return self._withdrawal_render(withdrawal_sudo, error=error)
        return request.redirect(f'{withdrawal_sudo.access_url}?done=cancelled')

    def _withdrawal_get(self, withdrawal_id):
        """Return a withdrawal of the customer, sudoed; 404, whether it exists or not."""
        partner = request.env.user.partner_id.commercial_partner_id
        try:
            if not 0 < withdrawal_id <= MAX_ID:
                raise request.not_found()
            withdrawal_sudo = self._document_check_access('wallet.withdrawal', withdrawal_id)
        except (AccessError, MissingError):
            raise request.not_found()
        if withdrawal_sudo.partner_id != partner or withdrawal_sudo.state == 'draft':
            raise request.not_found()
        return withdrawal_sudo

    def _withdrawal_render(self, withdrawal_sudo, done=None, error=None):
        return request.render(
            'aftercare_wallet.portal_withdrawal',
            self._prepare_portal_layout_values()
            | {
                'page_name': 'wallet_withdrawals',
                'withdrawal': withdrawal_sudo,
                'done': done,
                'error': error,
            },
        )

    # === PARTS === #
    def _withdraw_get_account(self, account_id=None):
        """Return a wallet of the customer, sudoed; 404 for any other."""
        Account = request.env['wallet.account']
        partner = request.env.user.partner_id.commercial_partner_id
        if account_id:
            account = Account.search(
                [
                    ('id', '=', self._withdraw_parse_id(account_id)),
                    ('partner_id', '=', partner.id),
                    ('merged_into_id', '=', False),
                ]
            )
            if not account:
                raise request.not_found()
        else:
            # sudo: wallet.account - customers get their wallet when they look for it
            account = Account.sudo()._get_for(partner)
        return account.sudo()

    def _withdraw_get_payee(self, account_sudo, payee_id):
        """Return a payee of the owner of the wallet, sudoed, or none."""
        return account_sudo.env['wallet.payee'].search(
            [
                ('id', '=', self._withdraw_parse_id(payee_id)),
                ('partner_id', '=', account_sudo.partner_id.id),
                ('company_id', '=', account_sudo.company_id.id),
            ]
        )

    def _withdraw_parse_id(self, text):
        text = str(text)
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else 0
        return number if number <= MAX_ID else 0

    def _withdraw_try(self, act):
        """Call a function in a savepoint; return what it returns, and what it refuses."""
        try:
            with request.env.cr.savepoint():
                return act(), None
        except UserError as error:
            return None, str(error)

    def _withdraw_render(self, account_sudo, typed=None, **kwargs):
        Withdrawal = account_sudo.env['wallet.withdrawal']
        company_sudo, currency = account_sudo.company_id, account_sudo.currency_id
        payees = account_sudo.env['wallet.payee'].search(
            [
                ('partner_id', '=', account_sudo.partner_id.id),
                ('company_id', '=', company_sudo.id),
            ]
        )
        buckets = Withdrawal._get_buckets(account_sudo)
        labels = dict(Withdrawal._fields['bucket']._description_selection(request.env))
        own = [('account_id', '=', account_sudo.id), ('state', '!=', 'draft')]
        return request.render(
            'aftercare_wallet.portal_withdraw',
            self._prepare_portal_layout_values()
            | {
                'page_name': 'wallet_withdraw',
                'account': account_sudo,
                'currency': currency,
                'buckets': [
                    {'code': code, 'label': labels[code], 'amount': max(account_sudo[code], 0.0)}
                    for code in buckets
                ],
                'minimum': Withdrawal._get_limit('wallet_withdraw_min', account_sudo),
                'fee_percent': company_sudo.wallet_withdraw_fee_percent,
                'fee_min': Withdrawal._get_limit('wallet_withdraw_fee_min', account_sudo),
                'cooling_hours': company_sudo.wallet_payee_cooling_hours,
                'payees': payees,
                'payee_kinds': payees._fields['kind']._description_selection(request.env),
                'withdrawals': Withdrawal.search(own, limit=5),
                'withdrawal_total': Withdrawal.search_count(own),
                'now': fields.Datetime.now(),
                'typed': typed or {},
                'done': kwargs.get('done'),
                'error': kwargs.get('error'),
                'payee_error': kwargs.get('payee_error'),
            },
        )
