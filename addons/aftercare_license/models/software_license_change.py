from odoo import api, fields, models
from odoo.exceptions import UserError


class SoftwareLicenseChange(models.Model):
    """What was done to a licence, by whom and why; never changed afterwards."""

    _name = 'software.license.change'
    _description = 'Licence Change'
    _order = 'id desc'
    _rec_name = 'kind'

    license_id = fields.Many2one(
        'software.license',
        string="Licence",
        required=True,
        readonly=True,
        ondelete='cascade',
        index=True,
    )
    kind = fields.Selection(
        [
            ('issue', "Issued"),
            ('activate', "First used"),
            ('domain', "Domain changed"),
            ('undo', "Domain change undone"),
            ('release', "Domain released"),
            ('add_domain', "Domain added"),
            ('remove_domain', "Domain removed"),
            ('add_staging', "Test address added"),
            ('remove_staging', "Test address removed"),
            ('suspend', "Suspended"),
            ('reinstate', "Reinstated"),
            ('revoke', "Revoked"),
            ('renew', "Renewed"),
            ('extend', "Extended"),
            ('grace', "Grace period began"),
            ('expire', "Expired"),
            ('transfer', "Transferred"),
            ('rotate', "New key"),
            ('grant', "Domain change granted"),
            ('terms', "Terms changed"),
            ('auto_renew', "Automatic renewal"),
            ('checkout', "Offline file issued"),
        ],
        required=True,
        readonly=True,
    )
    old_value = fields.Char(string="From", readonly=True)
    new_value = fields.Char(string="To", readonly=True)
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one('res.users', string="By", readonly=True, ondelete='restrict')
    ip = fields.Char(string="IP Address", readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    is_counted = fields.Boolean(
        string="Counts", readonly=True, help="It counts among the domain changes of the customer."
    )
    company_id = fields.Many2one(related='license_id.company_id')

    _date_idx = models.Index('(date DESC)')
    _counted_idx = models.Index('(license_id, date) WHERE is_counted')

    # === CRUD METHODS === #
    def write(self, vals):
        raise UserError(self.env._("The history of licences can not be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of licences can not be changed."))
