from odoo import models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # === BUSINESS METHODS === #

    def _get_referral_overview(self):
        """Override of `aftercare_referral`: the wallet knows what is there, and what was paid."""
        overview = super()._get_referral_overview()
        company = self.env.company
        # sudo: wallet.account, wallet.withdrawal, referral.commission - the caller shows customers
        # their own, or is staff
        accounts = {
            account.partner_id.id: account
            for account in self.env['wallet.account']
            .sudo()
            .search(
                [
                    ('partner_id', 'in', self._origin.ids),
                    ('company_id', '=', company.id),
                    ('currency_id', '=', company.currency_id.id),
                ]
            )
        }
        waiting = dict(
            self.env['referral.commission']
            .sudo()
            ._read_group(
                [
                    ('beneficiary_id', 'in', self._origin.ids),
                    ('company_id', '=', company.id),
                    ('state', '=', 'due'),
                    ('wallet_credit_date', '=', False),
                ],
                ['beneficiary_id'],
                ['amount:sum'],
            )
        )
        fees = {
            partner.id: fee + tax
            for partner, fee, tax in self.env['wallet.withdrawal']
            .sudo()
            ._read_group(
                [
                    ('partner_id', 'in', self._origin.ids),
                    ('company_id', '=', company.id),
                    ('bucket', '=', 'commission'),
                    ('state', '=', 'paid'),
                ],
                ['partner_id'],
                ['fee:sum', 'tax:sum'],
            )
        }
        for partner in self._origin:
            values = overview[partner.id]
            account = accounts.get(partner.id)
            total = values['due'] + values['paid']
            values['due'] = (account.commission if account else 0) + waiting.get(partner, 0)
            values['paid'] = company.currency_id.round(total - values['due'])
            values['fees'] = fees.get(partner.id, 0)
        return overview
