from odoo import api, fields, models

from ..tools.questions import ApiError


class SoftwareLicenseVerification(models.TransientModel):
    """What a program on some domain would be told about a licence, without asking in earnest."""

    _name = 'software.license.verification'
    _description = 'Licence Verification Test'

    license_id = fields.Many2one('software.license', required=True, readonly=True)
    domain = fields.Char(help="As the installation knows its own address.")
    version = fields.Char(string="Product Version")
    code = fields.Char(string="Answer", compute='_compute_code')
    is_valid = fields.Boolean(compute='_compute_code')
    understood = fields.Char(string="Understood as", compute='_compute_code')
    explanation = fields.Text(compute='_compute_code')

    # === COMPUTE METHODS === #
    @api.depends('license_id', 'domain', 'version')
    def _compute_code(self):
        for test in self:
            test.code = test.understood = test.explanation = False
            test.is_valid = False
            if not test.license_id or not (test.domain or '').strip():
                continue
            try:
                # sudo: software.license - staff sees the verdict, not what it is made of
                verdict = test.license_id.sudo()._judge_host(
                    test.domain.strip(), version=test.version or None
                )[2]
            except ApiError as error:
                test.code = error.code
                test.explanation = self.env._(
                    "This server has no key that it can sign answers with. Please look at "
                    "Configuration, Signing Keys."
                )
                continue
            test.code = verdict.code
            test.is_valid = verdict.is_valid
            test.understood = verdict.host and verdict.host.display
            test.explanation = self._explain(verdict)

    # === BUSINESS METHODS === #
    @api.model
    def _explain(self, verdict):
        """Return a verdict in plain words, with what to do about it."""
        _ = self.env._
        texts = {
            'NOT_FOUND': _("The licence has not been issued: programs do not know its key."),
            'REVOKED': _("The licence is revoked. Reinstate it if that was a mistake."),
            'BANNED': _("The customer is banned: none of its licences is valid."),
            'SUSPENDED': _("The licence is suspended. Reinstate it when the matter is settled."),
            'PRODUCT_SCOPE_REQUIRED': _("The product has no code that programs could ask about."),
            'PRODUCT_SCOPE_MISMATCH': _("The licence is for another product."),
            'DOMAIN_SCOPE_REQUIRED': _("Without a domain the licence can not be judged."),
            'DOMAIN_SCOPE_INVALID': _(
                "This is no domain that can be licensed (%(reason)s).", reason=verdict.reason
            ),
            'NO_DOMAIN': _("The licence is not bound to a domain yet. The customer sets it."),
            'DOMAIN_SCOPE_MISMATCH': _(
                "The licence is for another domain. The customer may move it to this one."
            ),
            'INSTANCE_MISMATCH': _(
                "Another installation on this domain has taken the licence with a key of its own. "
                "Archive that installation if it does not exist any more."
            ),
            'TOO_MANY_DOMAINS': _(
                "The licence is bound to more domains than its policy covers, and this is one too "
                "many."
            ),
            'EXPIRED': _("The licence has expired. It works again once it is renewed."),
            'VERSION_SCOPE_MISMATCH': _(
                "This version was released after the updates of the licence ended. The customer "
                "renews, or stays with an older version."
            ),
            'ENTITLEMENTS_MISSING': _("The licence does not have all the entitlements asked for."),
            'EXPIRED_GRACE': _(
                "Valid, in its grace period: the licence has expired and works until the grace "
                "ends."
            ),
            'NON_PRODUCTION': _("Valid: a test address, which needs no licence of its own."),
            'VALID': _("Valid."),
        }
        return texts[verdict.code]
