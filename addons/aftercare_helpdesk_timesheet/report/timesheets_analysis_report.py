from odoo import api, fields, models


class TimesheetsAnalysisReport(models.Model):
    _inherit = 'timesheets.analysis.report'

    # The report shares the filters of the lists of time.
    ticket_id = fields.Many2one(comodel_name='helpdesk.ticket', readonly=True)

    @api.model
    def _select(self):
        """Override of `hr_timesheet`: time on tickets."""
        return super()._select() + ', A.ticket_id AS ticket_id'
