from odoo import api, fields, models


class SlaMixin(models.AbstractModel):
    """Gives a record service levels: clocks that run, pause, succeed or fail."""

    _name = 'sla.mixin'
    _description = "Record with Service Levels"

    sla_status_ids = fields.One2many(
        'sla.status',
        'res_id',
        string="Service Levels",
        domain=lambda self: [('res_model', '=', self._name)],
        copy=False,
    )
    sla_deadline = fields.Datetime(
        string="SLA Deadline", compute='_compute_sla', store=True, index='btree_not_null'
    )
    sla_state = fields.Selection(
        [
            ('ongoing', "On time"),
            ('warning', "Due soon"),
            ('paused', "Paused"),
            ('reached', "Reached"),
            ('failed', "Failed"),
        ],
        string="SLA",
        compute='_compute_sla',
        store=True,
    )

    @api.depends('sla_status_ids.state', 'sla_status_ids.deadline', 'sla_status_ids.end_date')
    def _compute_sla(self):
        for record in self:
            record.sla_deadline = False
            record.sla_state = False

    # === HOOKS === #
    def _sla_on_warning(self, statuses):
        """Hook: the deadline of some statuses of these records is near."""

    def _sla_on_failed(self, statuses):
        """Hook: the deadline of some statuses of these records has passed."""
