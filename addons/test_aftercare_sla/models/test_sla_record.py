from odoo import api, fields, models
from odoo.fields import Domain

CLOSED = ('done', 'refused', 'cancelled')
ORDER = ('new', 'work', 'waiting', 'done')


class TestSlaPolicyExtension(models.Model):
    """Stages whose time does not count, and a stage as target, as a domain addon adds them."""

    _inherit = 'sla.policy'

    test_excluded = fields.Char()
    test_kind = fields.Char()

    @api.model
    def _get_criteria_fields(self):
        return [*super()._get_criteria_fields(), 'test_kind']

    def _get_criterion(self, name):
        if name == 'test_kind':
            return frozenset({self.test_kind} if self.test_kind else ())
        return super()._get_criterion(name)

    def _is_stage_excluded(self, stage):
        return stage in (self.test_excluded or '').split(',') or super()._is_stage_excluded(stage)


class TestSlaRecord(models.Model):
    """A record with service levels."""

    _name = 'test.sla.record'
    _description = "Record with Service Levels for Tests"
    _inherit = ['sla.mixin', 'mail.thread', 'mail.activity.mixin']

    name = fields.Char()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', default=lambda self: self.env.company)
    user_id = fields.Many2one('res.users')
    partner_id = fields.Many2one('res.partner')
    calendar_id = fields.Many2one('resource.calendar')
    kind = fields.Char()
    stage = fields.Selection(
        [
            ('new', "New"),
            ('work', "In progress"),
            ('waiting', "Waiting"),
            ('done', "Done"),
            ('refused', "Refused"),
            ('cancelled', "Cancelled"),
        ],
        default='new',
    )
    answered = fields.Datetime()

    def _sla_get_tracked_fields(self):
        return super()._sla_get_tracked_fields() | {
            'stage',
            'kind',
            'calendar_id',
            'user_id',
            'partner_id',
            'answered',
        }

    def _sla_get_calendar(self):
        return self.calendar_id or super()._sla_get_calendar()

    def _sla_get_criterion(self, name):
        return {self.kind} if name == 'test_kind' else super()._sla_get_criterion(name)

    def _sla_get_stage(self):
        return self.stage

    def _sla_get_stage_name(self, stage):
        return stage

    def _sla_is_stage_closed(self, stage):
        return stage in CLOSED or super()._sla_is_stage_closed(stage)

    def _sla_is_stage_cancelled(self, stage):
        return stage == 'cancelled'

    def _sla_is_stage_target(self, stage, policy):
        return stage != 'refused' and super()._sla_is_stage_target(stage, policy)

    def _sla_get_first_response_date(self):
        return self.answered

    @api.model
    def _sla_get_open_domain(self, company):
        return super()._sla_get_open_domain(company) & Domain('stage', 'not in', CLOSED)
