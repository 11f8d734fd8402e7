import json

from werkzeug.exceptions import Forbidden

from odoo import fields
from odoo.addons.payment import utils as payment_utils
from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.fields import Domain
from odoo.http import request, route

from ..tools.amounts import parse_amount
from ..tools.errors import WalletError

MAX_SEARCH_LENGTH = 100
MAX_ID = 2**31 - 1


class WalletPortal(PaymentPortal):
    """The customer's wallet: what is in it, what happened to it, and how to recharge it."""

    _wallet_entries_per_page = 20

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'wallet_count' in counters:
            Account = request.env['wallet.account']
            # the entry leads to recharging, so it is shown to those without a wallet, too
            values['wallet_count'] = 1 if Account.has_access('read') else 0
        return values

    # === WALLET === #
    @route(
        ['/my/wallet', '/my/wallet/page/<int:page>'],
        type='http',
        auth='user',
        website=True,
        readonly=True,
    )
    def portal_my_wallet(
        self, page=1, filterby=None, search=None, account=None, tx=None, **_kwargs
    ):
        """The balance and the book."""
        if not request.env['wallet.account'].has_access('read'):
            return request.redirect('/my')
        accounts = self._wallet_get_accounts()
        wallet = self._wallet_choose(accounts, account)
        filters = self._wallet_get_searchbar_filters()
        filterby = filterby if filterby in filters else 'all'
        search = (search or '').replace('\0', '').strip()[:MAX_SEARCH_LENGTH]
        entries, pager = self._wallet_get_entries(
            wallet, filters[filterby]['domain'], page, search, filterby
        )
        values = self._prepare_portal_layout_values() | {
            'page_name': 'wallet',
            'default_url': '/my/wallet',
            'accounts': accounts,
            'account': wallet,
            'currency': wallet.currency_id or request.env.company.currency_id,
            'entries': entries,
            'kinds': dict(entries._fields['kind']._description_selection(request.env)),
            'buckets': dict(entries._fields['bucket']._description_selection(request.env)),
            'pager': pager,
            'wallet_filters': filters,
            'filterby': filterby,
            'search': search,
            'recharged': self._wallet_get_recharge(wallet, tx),
            'expiring': wallet.lot_ids.search(
                [
                    ('account_id', '=', wallet.id),
                    ('remaining', '>', 0),
                    ('date_expiry', '>=', fields.Date.context_today(wallet)),
                ],
                limit=1,
            ),
            'can_recharge': self._wallet_can_recharge(),
        }
        response = request.render('aftercare_wallet.portal_my_wallet', values)
        response.headers['Cache-Control'] = 'no-store'
        return response

    def _wallet_get_accounts(self):
        """Return the customer's wallets in the current company, its own currency first."""
        company = request.env.company
        return (
            request.env['wallet.account']
            .search(
                [
                    ('partner_id', '=', request.env.user.partner_id.commercial_partner_id.id),
                    ('company_id', '=', company.id),
                    ('merged_into_id', '=', False),
                ]
            )
            .sorted(lambda account: (account.currency_id != company.currency_id, account.id))
        )

    def _wallet_choose(self, accounts, account_id):
        account_id = int(account_id) if str(account_id or '').isdecimal() else 0
        return accounts.filtered(lambda account: account.id == account_id) or accounts[:1]

    def _wallet_get_searchbar_filters(self):
        """Return the filters of the book by name: label and domain."""
        env = request.env
        return {
            'all': {'label': env._("All"), 'domain': Domain.TRUE},
            'topup': {
                'label': env._("Recharges"),
                'domain': Domain('kind', 'in', ('topup', 'topup_reversal')),
            },
            'spend': {
                'label': env._("Payments"),
                'domain': Domain(
                    'kind', 'in', ('spend', 'spend_refund', 'reserve', 'reserve_release')
                ),
            },
            'bonus': {'label': env._("Bonus"), 'domain': Domain('bucket', '=', 'bonus')},
            'commission': {
                'label': env._("Commission"),
                'domain': Domain('bucket', '=', 'commission'),
            },
            'withdraw': {
                'label': env._("Withdrawals"),
                'domain': Domain(
                    'kind', 'in', ('withdraw_hold', 'withdraw_paid', 'withdraw_release')
                ),
            },
        }

    def _wallet_get_entries(self, wallet, domain, page, search, filterby):
        """Return a page of the book and its pager.

        The entries of a wallet are numbered without a gap, so that a page of the whole book is
        found by its numbers, however long the book is.
        """
        Entry, step = request.env['wallet.entry'], self._wallet_entries_per_page
        own = Domain('account_id', '=', wallet.id)
        is_whole = filterby == 'all' and not search
        if search:
            domain &= Domain('reason', 'ilike', search)
        total = wallet.seq if is_whole else Entry.search_count(own & domain)
        pager = portal_pager(
            url='/my/wallet',
            url_args={'filterby': filterby, 'search': search, 'account': wallet.id or ''},
            total=total,
            page=page,
            step=step,
        )
        if is_whole:
            top = total - pager['offset']
            numbers = Domain('seq', '<=', top) & Domain('seq', '>', top - step)
            return Entry.search(own & numbers, order='seq desc'), pager
        entries = Entry.search(own & domain, order='seq desc', limit=step, offset=pager['offset'])
        return entries, pager

    def _wallet_get_recharge(self, wallet, tx_id):
        """Return the recharge the customer comes back from, or an empty record."""
        # sudo: payment.transaction - the customer's own, checked here
        Transaction = request.env['payment.transaction'].sudo()
        if not str(tx_id or '').isdecimal() or not 0 < int(tx_id) <= MAX_ID:
            return Transaction
        return Transaction.search(
            [
                ('id', '=', int(tx_id)),
                ('is_wallet_topup', '=', True),
                ('wallet_account_id', '=', wallet.id),
            ]
        )

    def _wallet_can_recharge(self):
        # sudo: res.company - whether it has a chart of accounts
        return request.env.company.sudo()._has_chart()

    # === RECHARGE === #
    @route(
        '/my/wallet/recharge',
        type='http',
        auth='user',
        website=True,
        sitemap=False,
        methods=['GET'],
    )
    def portal_wallet_recharge(self, amount=None, **_kwargs):
        """Choose an amount, then pay it with the payment form of `payment`."""
        Account = request.env['wallet.account']
        if not Account.has_access('read'):
            return request.redirect('/my')
        company = request.env.company
        currency = company.currency_id
        partner = request.env.user.partner_id
        account = Account._get_for(partner, create=False)
        # sudo: res.company, wallet.topup.tier - what everybody is offered
        company_sudo = company.sudo()
        tiers_sudo = (
            request.env['wallet.topup.tier'].sudo().search([('company_id', '=', company.id)])
        )
        typed, value, error = amount, 0.0, None
        if amount:
            parsed = parse_amount(amount, currency.decimal_places)
            try:
                value = Account._check_topup(partner, company, parsed)
            except WalletError as refusal:
                error = str(refusal)
        values = self._prepare_portal_layout_values() | {
            'page_name': 'wallet_recharge',
            'account': account,
            'company': company_sudo,
            'currency': currency,
            'amounts': company_sudo._get_wallet_topup_amounts(),
            'tiers': tiers_sudo,
            'typed': typed or '',
            'error': error,
            'amount': value,
            'bonus': value and tiers_sudo._find_for(company, value)._get_bonus_or_zero(value),
            'has_chart': company_sudo._has_chart(),
            'tiers_json': json.dumps(
                [
                    {'from': tier.amount_from, 'bonus': tier.bonus, 'percent': tier.percent}
                    for tier in tiers_sudo
                ]
            ),
        }
        if value:
            values |= self._wallet_prepare_payment_form(partner, company, value)
        response = request.render('aftercare_wallet.portal_wallet_recharge', values)
        response.headers['Cache-Control'] = 'no-store'
        return response

    def _wallet_prepare_payment_form(self, partner, company, amount):
        """Return the values of the payment form for a recharge."""
        currency, report = company.currency_id, {}
        # sudo: payment.provider, payment.method, payment.token - as in every payment form
        providers_sudo = (
            request.env['payment.provider']
            .sudo()
            ._get_compatible_providers(
                company.id,
                partner.id,
                amount,
                currency_id=currency.id,
                report=report,
                is_wallet_topup=True,
            )
        )
        methods_sudo = (
            request.env['payment.method']
            .sudo()
            ._get_compatible_payment_methods(
                providers_sudo.ids, partner.id, currency_id=currency.id, report=report
            )
        )
        tokens_sudo = (
            request.env['payment.token']
            .sudo()
            ._get_available_tokens(providers_sudo.ids, partner.id)
        )
        return {
            'show_tokenize_input_mapping': self._compute_show_tokenize_input_mapping(
                providers_sudo
            ),
            'partner_id': partner.id,
            'providers_sudo': providers_sudo,
            'payment_methods_sudo': methods_sudo,
            'tokens_sudo': tokens_sudo,
            'availability_report': report,
            'transaction_route': '/my/wallet/recharge/transaction',
            'landing_route': '/my/wallet',
            'access_token': payment_utils.generate_access_token(partner.id, amount, currency.id),
            'submit_button_label': request.env._("Recharge"),
        }

    @route('/my/wallet/recharge/transaction', type='jsonrpc', auth='user', website=True)
    def wallet_recharge_transaction(self, amount, access_token, **kwargs):
        """Create the transaction of a recharge and return its processing values.

        :raise WalletError: when the amount is not within the limits
        """
        partner, company = request.env.user.partner_id, request.env.company
        currency = company.currency_id
        amount = float(amount)
        if not payment_utils.check_access_token(access_token, partner.id, amount, currency.id):
            raise Forbidden()
        self._validate_transaction_kwargs(kwargs)
        Account = request.env['wallet.account']
        Account._check_topup(partner, company, amount)
        account = Account._get_for(partner, currency, company)
        kwargs['landing_route'] = '/my/wallet'
        tx_sudo = self._create_transaction(
            amount=amount,
            currency_id=currency.id,
            partner_id=partner.id,
            reference_prefix=payment_utils.singularize_reference_prefix(prefix='TOPUP'),
            custom_create_values={'is_wallet_topup': True, 'wallet_account_id': account.id},
            **kwargs,
        )
        tx_sudo.landing_route = f'/my/wallet?account={account.id}&tx={tx_sudo.id}'
        return tx_sudo._get_processing_values()
