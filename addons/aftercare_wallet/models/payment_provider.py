from odoo import api, fields, models
from odoo.addons.payment import utils as payment_utils


class PaymentProvider(models.Model):
    _inherit = 'payment.provider'

    code = fields.Selection(
        selection_add=[('wallet', "Wallet")], ondelete={'wallet': 'set default'}
    )

    # === COMPUTE METHODS === #
    def _compute_feature_support_fields(self):
        """Override of `payment`: wallets are refunded, in part, too."""
        super()._compute_feature_support_fields()
        self.filtered(lambda provider: provider.code == 'wallet').support_refund = 'partial'

    def _compute_journal_id(self):
        """Override of `account_payment`: the wallet has a journal of its own."""
        wallets = self.filtered(lambda provider: provider.code == 'wallet')
        super(PaymentProvider, self - wallets)._compute_journal_id()
        for provider in wallets:
            provider.journal_id = provider.company_id.wallet_journal_id

    def _inverse_journal_id(self):
        """Override of `account_payment`: the wallet keeps its journal."""
        wallets = self.filtered(lambda provider: provider.code == 'wallet')
        super(PaymentProvider, self - wallets)._inverse_journal_id()

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        providers = super().create(vals_list)
        providers._ensure_wallet_ready()
        return providers

    def write(self, vals):
        res = super().write(vals)
        if 'state' in vals:
            self._ensure_wallet_ready()
        return res

    # === BUSINESS METHODS === #
    def _ensure_wallet_ready(self):
        """Make what paying from the wallet needs in the company's books, as soon as it is on."""
        for provider in self:
            if provider.code == 'wallet' and provider.state != 'disabled':
                provider.company_id._ensure_wallet_accounting()
                self.env['payment.provider']._setup_payment_method('wallet')
                provider.invalidate_recordset(['journal_id'])
                provider._ensure_payment_method_line()

    def _get_payment_method_outstanding_account_id(self, payment_method_id):
        """Override of `account_payment`: what is paid from the wallet was prepaid."""
        if self.code == 'wallet':
            return self.company_id.wallet_liability_account_id.id
        return super()._get_payment_method_outstanding_account_id(payment_method_id)

    def _get_default_payment_method_codes(self):
        """Override of `payment`."""
        self.ensure_one()
        if self.code != 'wallet':
            return super()._get_default_payment_method_codes()
        return {'wallet'}

    @api.model
    def _get_compatible_providers(
        self,
        company_id,
        partner_id,
        amount,
        currency_id=None,
        force_tokenization=False,
        is_express_checkout=False,
        is_validation=False,
        report=None,
        **kwargs,
    ):
        """Override of `payment`: the wallet is for the person who is logged in, in its currency,
        and does not recharge itself."""
        providers = super()._get_compatible_providers(
            company_id,
            partner_id,
            amount,
            currency_id=currency_id,
            force_tokenization=force_tokenization,
            is_express_checkout=is_express_checkout,
            is_validation=is_validation,
            report=report,
            **kwargs,
        )
        wallets = providers.filtered(lambda provider: provider.code == 'wallet')
        if not wallets:
            return providers
        if is_validation or kwargs.get('is_wallet_topup'):
            reason = self.env._("the wallet pays, and is not paid with")
        elif not self._is_wallet_owner(partner_id):
            reason = self.env._("the customer is not logged in")
        elif not self._has_wallet_currency(company_id, partner_id, currency_id):
            reason = self.env._("the customer has no wallet in this currency")
        else:
            return providers
        payment_utils.add_to_report(report, wallets, available=False, reason=reason)
        return providers - wallets

    @api.model
    def _is_wallet_owner(self, partner_id):
        user = self.env.user
        partner = self.env['res.partner'].browse(partner_id).sudo()  # sudo: see its owner only
        return (
            not user._is_public()
            and partner.commercial_partner_id == user.partner_id.commercial_partner_id
        )

    @api.model
    def _has_wallet_currency(self, company_id, partner_id, currency_id):
        company = self.env['res.company'].browse(company_id)
        currency = self.env['res.currency'].browse(currency_id)
        if not currency or currency == company.currency_id:
            return True
        partner = self.env['res.partner'].browse(partner_id)
        return bool(self.env['wallet.account']._get_for(partner, currency, company, create=False))

    def _get_wallet_form_values(self, partner_id, currency, amount):
        """Return what the payment form tells about the wallet of the person who pays."""
        self.ensure_one()
        partner = self.env['res.partner'].browse(partner_id)
        account = (
            self.env['wallet.account']
            ._get_for(partner, currency, self.company_id, create=False)
            .sudo()  # sudo: wallet.account - the payer's own, see _get_compatible_providers
        )
        if not self._is_wallet_owner(partner_id):
            account = account.browse()
        amount = amount or 0.0
        available = account.cash + account.bonus
        return {
            'cash': account.cash,
            'bonus': account.bonus,
            'available': available,
            'left': available - amount,
            'is_frozen': account.is_frozen,
            'is_enough': not account.is_frozen
            and currency.compare_amounts(available, amount) >= 0
            and available > 0,
        }
