from odoo import api, fields, models


class MemberExternalRef(models.Model):
    """The name another system gives to a member, by which an import finds the member again."""

    _name = 'member.external.ref'
    _description = "External Reference of a Member"
    _order = 'source, reference'
    _rec_name = 'reference'

    partner_id = fields.Many2one(
        'res.partner', string="Member", required=True, index=True, ondelete='cascade'
    )
    source = fields.Char(required=True, help="The system the reference comes from.")
    reference = fields.Char(required=True)

    _source_reference_uniq = models.Constraint(
        'UNIQUE(source, reference)',
        "This reference of this system belongs to another member already.",
    )

    @api.depends('source', 'reference')
    def _compute_display_name(self):
        for ref in self:
            ref.display_name = f'{ref.source}: {ref.reference}'
