import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SoftwareEntitlement(models.Model):
    """Something a licence entitles to, asked for by programs under its code."""

    _name = 'software.entitlement'
    _description = 'Software Entitlement'
    _order = 'sequence, name, id'
    _rec_names_search = ['name', 'code']

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="What programs ask for: lower-case letters, digits, hyphens."
    )
    description = fields.Char(translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint('UNIQUE(code)', "There is an entitlement with this code.")

    # === CONSTRAINT METHODS === #
    @api.constrains('code')
    def _check_code(self):
        for entitlement in self:
            if not re.fullmatch(r'[a-z0-9][a-z0-9._-]{0,63}', entitlement.code):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is not fit for programs. Use lower-case letters, digits, "
                        "dots and hyphens, e.g. “priority-support”.",
                        code=entitlement.code,
                    )
                )
