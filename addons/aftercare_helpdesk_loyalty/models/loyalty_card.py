from odoo import fields, models
from odoo.tools import format_date
from odoo.tools.urls import urljoin


class LoyaltyCard(models.Model):
    _name = 'loyalty.card'
    _inherit = ['loyalty.card', 'helpdesk.after.sales.document']

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `loyalty`: tell the agents which coupons have just been used."""
        given = self.filtered('ticket_id') if 'points' in vals else self.browse()
        unused = given.filtered(lambda card: not card._is_after_sales_used())
        result = super().write(vals)
        unused.filtered(lambda card: card._is_after_sales_used())._tell_after_sales_done()
        return result

    # === BUSINESS METHODS === #

    def _is_after_sales_used(self):
        """Tell whether what is left on the coupon is not enough for any reward."""
        self.ensure_one()
        # sudo: loyalty.reward - who sells with the coupon may be the customer himself
        rewards_sudo = self.sudo().program_id.reward_ids
        return self.points < min(rewards_sudo.mapped('required_points'), default=1)

    def _get_after_sales_kind(self):
        """Override of `aftercare_helpdesk_after_sales`."""
        return (self.env._("Coupon"), 'fa-ticket')

    def _get_after_sales_name(self):
        """Override of `aftercare_helpdesk_after_sales`: the code is what the customer uses."""
        return self.code

    def _get_after_sales_state(self):
        """Override of `aftercare_helpdesk_after_sales`: what the coupon is still good for."""
        if self._is_after_sales_used():
            return (self.env._("Used"), 'success')
        if not self.active:
            return (self.env._("Cancelled"), 'secondary')
        today = fields.Date.context_today(self)
        if any(date and date < today for date in (self.expiration_date, self.program_id.date_to)):
            return (self.env._("Expired"), 'secondary')
        return (self.env._("Valid"), 'info')

    def _get_after_sales_lines(self):
        """Override of `aftercare_helpdesk_after_sales`: programme, rewards and validity."""
        rewards = ', '.join(filter(None, self.program_id.reward_ids.mapped('description')))
        lines = [{'text': self.program_id.name, 'value': rewards}]
        if self.expiration_date:
            date = format_date(self.env, self.expiration_date)
            lines.append({'text': self.env._("Valid until"), 'value': date})
        return lines

    def _get_after_sales_copies(self):
        """Override of `aftercare_helpdesk_after_sales`: the code, and the link to share."""
        copies = [{'label': self.env._("Copy Code"), 'value': self.code}]
        link = self._get_after_sales_link()
        if link:
            copies.append({'label': self.env._("Copy Link"), 'value': link})
        return copies

    def _get_after_sales_link(self):
        """Return the address that applies the coupon in the shop, or False if there is none."""
        self.ensure_one()
        if 'coupon.share' not in self.env:
            return False
        return urljoin(self.program_id.get_base_url(), f'/coupon/{self.code}?r=%2Fshop')

    def _get_after_sales_summary(self):
        """Override of `aftercare_helpdesk_after_sales`: the programme says it all."""
        self.ensure_one()
        return self.program_id.name

    def _get_after_sales_done_note(self):
        """Override of `aftercare_helpdesk_after_sales`: say it in words of the shop."""
        return self.env._(
            "The customer has used the coupon %(code)s: %(programme)s",
            code=self.code,
            programme=self.program_id.name,
        )
