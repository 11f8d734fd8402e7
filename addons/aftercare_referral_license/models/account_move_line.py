from datetime import datetime, time, timedelta

from odoo import models

REBUY_DAYS = 90


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    # === BUSINESS METHODS === #

    def _get_referral_values(self):
        """Override of `aftercare_referral_account` to tell renewals from purchases."""
        values = super()._get_referral_values()
        license = self._get_renewed_license()
        if license:
            values |= {'kind': 'renewal', 'subject': f'{license._name},{license.id}'}
        return values

    def _get_renewed_license(self):
        """Return the licence that is renewed, as superuser; or none.

        Whoever lets a licence end and buys the same again soon after has renewed it, too.
        """
        self.ensure_one()
        # sudo: software.license - accountants need not see licences
        sale_lines_sudo = self.sudo().sale_line_ids
        if sale_lines_sudo.license_id:
            return sale_lines_sudo.license_id[:1]
        licenses_sudo = sale_lines_sudo.env['software.license']
        if not self.product_id.is_licensed:
            return licenses_sudo
        paid = datetime.combine(self.move_id._get_referral_date(), time.max)
        return licenses_sudo.search(
            [
                ('commercial_partner_id', '=', self.move_id.commercial_partner_id.id),
                ('product_id.product_tmpl_id', '=', self.product_id.product_tmpl_id.id),
                ('date_expiry', '<=', paid),
                ('date_expiry', '>=', paid - timedelta(days=REBUY_DAYS + 1)),
                ('state', 'not in', ('draft', 'revoked')),
                ('sale_line_id', 'not in', sale_lines_sudo.ids),
            ],
            order='date_expiry desc, id desc',
            limit=1,
        )
