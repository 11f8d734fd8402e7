from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    def _is_customer(self, partner):
        """Tell whether a partner belongs to the company whose ticket it is."""
        self.ensure_one()
        # sudo: res.partner - a colleague's address book is not the question
        return bool(
            self.commercial_partner_id
            and partner.sudo().commercial_partner_id == self.sudo().commercial_partner_id
        )

    def _get_customer_stages(self):
        """Return the stages in which the customer himself may close the ticket."""
        self.ensure_one()
        if self.closed:
            return self.env['helpdesk.ticket.stage']
        return self.team_id._get_applicable_stages().filtered(
            lambda stage: stage.closed and stage.close_from_portal
        )

    def _close_by_customer(self, stage):
        """Close the ticket at the customer's wish, who is known to be allowed to.

        :param stage: the ``helpdesk.ticket.stage`` he has chosen
        :raises UserError: if the ticket may not be closed in that stage
        """
        self.ensure_one()
        if stage not in self._get_customer_stages():
            raise UserError(self.env._("The ticket cannot be closed like this."))
        self.stage_id = stage
