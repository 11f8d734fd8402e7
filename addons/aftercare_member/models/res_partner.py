from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    is_member = fields.Boolean(copy=False)
    member_number = fields.Char(copy=False, readonly=True)
    member_since = fields.Datetime(copy=False)
    registration_ip = fields.Char(
        string="Registration IP", copy=False, groups='aftercare_base.aftercare_base_group_user'
    )
    external_ref_ids = fields.One2many(
        'member.external.ref', 'partner_id', string="External References"
    )

    _member_number_uniq = models.UniqueIndex(
        '(member_number) WHERE member_number IS NOT NULL',
        "This member number is taken.",
    )
