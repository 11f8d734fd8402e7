from odoo import models


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === BUSINESS METHODS: STATE === #
    def _activate(self, reason='', at=None):
        """Issue drafts: make the key and start the term."""
        raise NotImplementedError

    def _start_use(self, host_text=None, ip=None, at=None):
        """Note the first use by an installation: starts the term and binds, if the policy says so."""
        raise NotImplementedError

    def _suspend(self, reason):
        """Make valid licences invalid until they are reinstated."""
        raise NotImplementedError

    def _reinstate(self, reason):
        """Make suspended (or revoked) licences what their dates say."""
        raise NotImplementedError

    def _revoke(self, reason):
        """End licences for good."""
        raise NotImplementedError

    def _extend(self, until, reason):
        """Give licences more time than their term."""
        raise NotImplementedError

    def _renew(self, terms=1, reason='', at=None):
        """Add terms, from the day the policy says."""
        raise NotImplementedError

    def _transfer(self, partner, reason):
        """Give licences to another customer."""
        raise NotImplementedError

    def _rotate_key(self, reason):
        """Replace the key; the old one works for 7 days more.

        :return: the new key
        """
        raise NotImplementedError

    def _holds_domain(self):
        """Tell whether nobody else may have the domain of this licence."""
        self.ensure_one()
        return self.policy_id.domain_unique and self.state not in ('expired', 'revoked')

    # === HOOKS === #
    def _pay_renewal(self):
        """Pay the renewal of one licence without its owner; a wallet overrides it.

        :return: whether the licence was renewed
        """
        self.ensure_one()
        return False

    def _get_renewal_url(self):
        """Return the address where the owner renews, or False; a shop overrides it."""
        self.ensure_one()
        return False
