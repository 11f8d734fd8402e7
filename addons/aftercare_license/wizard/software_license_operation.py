from odoo import api, fields, models
from odoo.exceptions import AccessError

MANAGER_GROUP = 'aftercare_license.aftercare_license_group_manager'
MANAGER_OPERATIONS = {'revoke', 'transfer', 'rotate'}


class SoftwareLicenseOperation(models.TransientModel):
    """Asks why, and what else is needed, before staff does something to licences."""

    _name = 'software.license.operation'
    _description = 'Licence Operation'

    operation = fields.Selection(
        [
            ('suspend', "Suspend"),
            ('reinstate', "Reinstate"),
            ('revoke', "Revoke"),
            ('extend', "Extend"),
            ('renew', "Renew"),
            ('transfer', "Transfer"),
            ('rotate', "New key"),
            ('domain', "Change domain"),
            ('grant', "Grant a domain change"),
        ],
        required=True,
    )
    license_ids = fields.Many2many('software.license', string="Licences", required=True)
    license_count = fields.Integer(compute='_compute_license_count')
    license_id = fields.Many2one(
        'software.license', string="Licence", compute='_compute_license_count'
    )
    reason = fields.Char(required=True)
    is_reason_told = fields.Boolean(compute='_compute_is_reason_told')
    date_until = fields.Datetime(string="Until")
    terms = fields.Integer(default=1)
    date_renewed = fields.Datetime(string="New End", compute='_compute_date_renewed')
    partner_id = fields.Many2one('res.partner', string="New Owner")
    domain = fields.Char(string="New Domain")
    domain_preview = fields.Char(compute='_compute_domain_preview')
    domain_error = fields.Char(compute='_compute_domain_preview')

    # === COMPUTE METHODS === #
    @api.depends('license_ids')
    def _compute_license_count(self):
        for wizard in self:
            wizard.license_count = len(wizard.license_ids)
            wizard.license_id = wizard.license_ids[:1]

    @api.depends('operation')
    def _compute_is_reason_told(self):
        for wizard in self:
            wizard.is_reason_told = wizard.operation in ('suspend', 'revoke', 'reinstate')

    @api.depends('operation', 'terms', 'license_ids')
    def _compute_date_renewed(self):
        for wizard in self:
            license = wizard.license_ids._origin[:1]
            is_possible = license and wizard.operation == 'renew' and 0 < wizard.terms <= 100
            wizard.date_renewed = is_possible and license._get_renewal_preview(wizard.terms)

    @api.depends('operation', 'domain', 'license_ids')
    def _compute_domain_preview(self):
        for wizard in self:
            preview = {}
            if wizard.operation == 'domain' and wizard.domain:
                preview = wizard.license_ids._origin[:1]._preview_host(wizard.domain)
            wizard.domain_preview = preview.get('display')
            wizard.domain_error = preview.get('error')

    # === ACTION METHODS === #
    def action_apply(self):
        """Do it to all the licences, or to none.

        :raises UserError: says which licence can not, and why
        """
        self.ensure_one()
        self.license_ids.check_access('write')
        if self.operation in MANAGER_OPERATIONS and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only licence managers may do this."))
        getattr(self, f'_apply_{self.operation}')()
        return {'type': 'ir.actions.act_window_close'}

    def _apply_suspend(self):
        self.license_ids._suspend(self.reason)

    def _apply_reinstate(self):
        is_manager = self.env.user.has_group(MANAGER_GROUP)
        if not is_manager and 'revoked' in self.license_ids.mapped('state'):
            raise AccessError(self.env._("Only licence managers reinstate what was revoked."))
        self.license_ids._reinstate(self.reason)

    def _apply_revoke(self):
        self.license_ids._revoke(self.reason)

    def _apply_extend(self):
        self.license_ids._extend(self.date_until, self.reason)

    def _apply_renew(self):
        self.license_ids._renew(self.terms, self.reason)

    def _apply_transfer(self):
        self.license_ids._transfer(self.partner_id, self.reason)

    def _apply_rotate(self):
        for license in self.license_ids:
            license._rotate_key(self.reason)

    def _apply_domain(self):
        self.license_id._set_domain(self.domain, self.reason)

    def _apply_grant(self):
        self.license_ids._grant_change(self.reason)
