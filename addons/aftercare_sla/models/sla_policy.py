from odoo import api, fields, models


class SlaPolicy(models.Model):
    """A promise: how soon records that match some criteria reach a target."""

    _name = 'sla.policy'
    _description = "SLA Policy"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company
    )
    res_model = fields.Selection(
        selection='_selection_res_model', string="Applies To", required=True, index=True
    )
    target = fields.Selection(
        [('first_response', "First response"), ('closed', "Closing")],
        required=True,
        default='closed',
    )
    duration_hours = fields.Float(string="Within", required=True, default=8)
    time_basis = fields.Selection(
        [('working', "Working hours"), ('elapsed', "Hours around the clock")],
        required=True,
        default='working',
    )
    calendar_id = fields.Many2one('resource.calendar', check_company=True)
    warning_hours = fields.Float(string="Warn Before")
    partner_ids = fields.Many2many('res.partner', string="Customers")
    partner_category_ids = fields.Many2many('res.partner.category', string="Customer Tags")

    @api.model
    def _selection_res_model(self):
        mixin = self.pool['sla.mixin']
        return [
            (name, self.env[name]._description)
            for name, model_class in self.pool.items()
            if not model_class._abstract and issubclass(model_class, mixin)
        ]
