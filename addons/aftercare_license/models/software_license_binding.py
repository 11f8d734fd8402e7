from odoo import models


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === BUSINESS METHODS: DOMAIN === #
    def _set_domain(self, host_text, reason):
        """Bind to a domain as staff: no quota. :return: the change, empty when nothing changed"""
        raise NotImplementedError

    def _change_domain(self, host_text, ip=None):
        """Bind to another domain as the customer. :return: the change, empty when nothing changed"""
        raise NotImplementedError

    def _preview_domain(self, host_text):
        """Tell what :meth:`_change_domain` would do, as a dict fit for JSON."""
        raise NotImplementedError

    def _undo_domain_change(self):
        """Go back to the domain before the last change of the last 24 hours."""
        raise NotImplementedError

    def _bind_staging(self, host_text):
        """Add a test address."""
        raise NotImplementedError

    def _get_changes_left(self):
        """Return how many domain changes the customer has left."""
        raise NotImplementedError
