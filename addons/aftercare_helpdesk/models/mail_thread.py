from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Override of `mail`: tickets decide what becomes of mail that is routed to them."""
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if any(route[0] == 'helpdesk.ticket' for route in routes):
            return self.env['helpdesk.ticket']._route_mail(message, message_dict, routes)
        return routes

    def _mail_get_alias_domains(self, default_company=False):
        """Override of `mail`: see `_fetch_address`."""
        self._fetch_address()
        return super()._mail_get_alias_domains(default_company=default_company)

    def _notify_get_reply_to_batch(self, defaults=None, author_ids=None):
        """Override of `mail`: see `_fetch_address`."""
        self._fetch_address()
        return super()._notify_get_reply_to_batch(defaults=defaults, author_ids=author_ids)

    @api.model
    def _fetch_address(self):
        """Read what an address for answers needs: two of a company's hundreds of columns."""
        # sudo: res.company - answers reach the company, whoever writes
        self.env.company.sudo().fetch(['name', 'alias_domain_id'])
