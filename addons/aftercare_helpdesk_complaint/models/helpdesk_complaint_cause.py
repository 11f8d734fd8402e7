from odoo import fields, models


class HelpdeskComplaintCause(models.Model):
    """What customers complain about, in the words reports count by."""

    _name = 'helpdesk.complaint.cause'
    _description = "Complaint Cause"
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    show_in_portal = fields.Boolean(
        string="Offered to Customers",
        default=True,
        help="Customers can choose it when they complain about a ticket.",
    )

    _name_uniq = models.Constraint('UNIQUE(name)', "There is a cause of this name already.")
