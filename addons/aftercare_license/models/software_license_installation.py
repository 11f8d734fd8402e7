from odoo import fields, models


class SoftwareLicenseInstallation(models.Model):
    """An installation of the product that asked about the licence."""

    _name = 'software.license.installation'
    _description = 'Licence Installation'
    _order = 'last_seen desc, id desc'
    _rec_name = 'instance_id'

    license_id = fields.Many2one(
        'software.license', string="Licence", required=True, ondelete='cascade', index=True
    )
    instance_id = fields.Char(string="Instance", required=True)
    fingerprint = fields.Char()
    host = fields.Char(index='trigram')
    version = fields.Char()
    platform = fields.Char()
    public_key = fields.Char()
    first_seen = fields.Datetime(required=True, default=fields.Datetime.now)
    last_seen = fields.Datetime(required=True, default=fields.Datetime.now)
    check_count = fields.Integer(string="Checks")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(related='license_id.company_id')

    _instance_uniq = models.UniqueIndex(
        '(license_id, instance_id)', "This installation is known already."
    )
    _last_seen_idx = models.Index('(last_seen DESC)')
