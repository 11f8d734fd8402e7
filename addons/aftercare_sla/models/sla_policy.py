from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_duration, ormcache

# Changes of these fields are terms of a promise already given, which keeps them.
FROZEN_FIELDS = {'res_model', 'target', 'company_id'}


class Criteria(NamedTuple):
    """The criteria of one policy: for each criterion in use the ids (or keys) that match."""

    policy_id: int
    company_id: int
    values: tuple


class SlaPolicy(models.Model):
    """A promise: how soon records that match some criteria reach a target."""

    _name = 'sla.policy'
    _description = "SLA Policy"
    _inherit = ['mail.thread']
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    description = fields.Text(translate=True, help="What the customer is told.")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company
    )
    res_model = fields.Selection(
        selection='_selection_res_model',
        string="Applies To",
        required=True,
        index=True,
        default=lambda self: next((key for key, _name in self._selection_res_model()), False),
    )
    target = fields.Selection(
        [('first_response', "First response"), ('closed', "Closing")],
        required=True,
        default='closed',
        tracking=True,
    )
    duration_hours = fields.Float(string="Within", required=True, default=8, tracking=True)
    time_basis = fields.Selection(
        [('working', "working hours"), ('elapsed', "hours around the clock")],
        required=True,
        default='working',
        tracking=True,
    )
    calendar_id = fields.Many2one(
        'resource.calendar',
        string="Working Schedule",
        check_company=True,
        help="Whose working hours count. Empty: those of the team, else those of the company.",
    )
    warning_hours = fields.Float(
        string="Warn Before",
        help="So long before the deadline, in the same kind of hours. Zero: no warning.",
    )
    partner_ids = fields.Many2many('res.partner', string="Customers")
    partner_category_ids = fields.Many2many('res.partner.category', string="Customer Tags")
    criteria_text = fields.Char(string="Criteria", compute='_compute_criteria_text')
    warning_note = fields.Boolean(string="Write a Note when Due Soon")
    warning_activity = fields.Boolean(string="To-do when Due Soon", default=True)
    failed_note = fields.Boolean(string="Write a Note when Missed", default=True)
    failed_activity = fields.Boolean(string="To-do when Missed", default=True)
    escalation_user_id = fields.Many2one(
        'res.users',
        string="Escalate To",
        domain=[('share', '=', False)],
        help="Gets a to-do too when the deadline is missed,"
        " and when it is near while nobody is responsible.",
    )
    ongoing_count = fields.Integer(compute='_compute_counts')
    success_rate = fields.Float(compute='_compute_counts')
    apply_after_id = fields.Integer(copy=False)
    apply_pending = fields.Boolean(copy=False, index='btree_not_null')

    _duration_positive = models.Constraint(
        'CHECK (duration_hours > 0 AND warning_hours >= 0)',
        "Promise more than no time, and warn before the deadline.",
    )

    # === DEFAULT METHODS === #
    @api.model
    def _selection_res_model(self):
        mixin = self.pool['sla.mixin']
        return [
            (name, self.env['ir.model']._get(name).name)
            for name, model_class in sorted(self.pool.items())
            if not model_class._abstract and issubclass(model_class, mixin)
        ]

    # === COMPUTE METHODS === #
    @api.depends(lambda self: self._get_criteria_fields())
    def _compute_criteria_text(self):
        for policy in self:
            parts = [f'{label}: {", ".join(names)}' for label, names in policy._describe_criteria()]
            policy.criteria_text = ' · '.join(parts) or self.env._("Everything")

    @api.depends('active')
    def _compute_counts(self):
        counts = defaultdict(dict)
        for policy, state, count in self.env['sla.status']._read_group(
            [('policy_id', 'in', self.ids)], ['policy_id', 'state'], ['__count']
        ):
            counts[policy.id][state] = count
        for policy in self:
            count = counts[policy.id]
            reached, failed = count.get('reached', 0), count.get('failed', 0)
            policy.ongoing_count = count.get('ongoing', 0) + count.get('paused', 0)
            policy.success_rate = reached / (reached + failed) if reached + failed else 0

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        if FROZEN_FIELDS & vals.keys() and self._has_statuses(vals):
            raise UserError(
                self.env._(
                    "Promises were given under this policy: archive it and make a new one instead."
                )
            )
        result = super().write(vals)
        self.env.registry.clear_cache()
        if vals.get('active') is False:
            self.env['sla.status'].sudo()._request_check(Domain('policy_id', 'in', self.ids))
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self._has_statuses():
            raise UserError(
                self.env._("Promises were given under this policy: archive it instead.")
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        return [
            dict(vals, name=self.env._("%s (copy)", policy.name))
            for policy, vals in zip(self, vals_list, strict=True)
        ]

    def _has_statuses(self, vals=None):
        changed = self.filtered(
            lambda policy: (
                any(
                    name in FROZEN_FIELDS
                    and policy._fields[name].convert_to_write(policy[name], policy) != value
                    for name, value in (vals or {}).items()
                )
                or vals is None
            )
        )
        return bool(
            changed
            and self.env['sla.status']
            .sudo()
            .search_count([('policy_id', 'in', changed.ids)], limit=1)
        )

    # === ACTION METHODS === #
    def action_apply(self):
        """Give the promise to open records too; a scheduled action does it in the background."""
        # sudo: sla.policy - who may see the button may start it
        self.check_access('write')
        self.write({'apply_pending': True, 'apply_after_id': 0})
        self.env.ref('aftercare_sla.ir_cron_apply_policies')._trigger()
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'info',
                'message': self.env._("The policy is being applied to open records."),
            },
        }

    def action_open_statuses(self):
        """The analysis of this policy."""
        action = self.env['ir.actions.act_window']._for_xml_id('aftercare_sla.sla_status_action')
        return {
            **action,
            'domain': [('policy_id', 'in', self.ids)],
            'context': {},
            'views': [(False, 'list'), (False, 'graph'), (False, 'pivot'), (False, 'form')],
        }

    # === BUSINESS METHODS: MATCHING === #
    @api.model
    def _get_criteria_fields(self):
        """Hook: the names of the fields that say which records the policy is for."""
        return ['partner_ids', 'partner_category_ids']

    def _get_criterion(self, name):
        """Hook: what matches one criterion, as a set of ids or keys; empty for anything."""
        self.ensure_one()
        return frozenset(self[name].ids)

    def _describe_criteria(self):
        """Hook: the criteria in use as a list of (label, list of names)."""
        self.ensure_one()
        return [
            (field._description_string(self.env), self[name].mapped('display_name'))
            for name in self._get_criteria_fields()
            if (field := self._fields[name]).type == 'many2many' and self[name]
        ]

    @api.model
    @ormcache('res_model')
    def _get_criteria(self, res_model):
        """The criteria of the active policies for a model, in their order."""
        # sudo: sla.policy - tickets come from the portal and by mail too
        policies = self.sudo().search([('res_model', '=', res_model)])
        return tuple(
            Criteria(
                policy.id,
                policy.company_id.id,
                tuple(
                    (name, values)
                    for name in self._get_criteria_fields()
                    if (values := policy._get_criterion(name))
                ),
            )
            for policy in policies
        )

    @api.model
    def _match(self, records):
        """The policies of each record: those of its company whose criteria all match.

        :return: dict record id → sla.policy (sudo)
        """
        all_criteria = self._get_criteria(records._name)
        result = {}
        for record in records:
            company = record._sla_get_company()
            known = {}
            ids = [
                criteria.policy_id
                for criteria in all_criteria
                if criteria.company_id == company.id and self._is_match(criteria, record, known)
            ]
            result[record.id] = ids
        # sudo: sla.policy - tickets come from the portal and by mail too
        every = self.sudo().browse({policy_id for ids in result.values() for policy_id in ids})
        return {record_id: every.browse(ids) for record_id, ids in result.items()}

    @api.model
    def _is_match(self, criteria, record, known):
        for name, wanted in criteria.values:
            if name not in known:
                known[name] = record._sla_get_criterion(name)
            if not wanted & known[name]:
                return False
        return True

    # === BUSINESS METHODS: TERMS === #
    def _is_stage_excluded(self, stage):
        """Hook: whether time in a stage (as of `sla.mixin._sla_get_stage`) does not count."""
        return False

    def _get_promise_text(self):
        """The promise in words, such as "First response within 4:00 working hours"."""
        self.ensure_one()
        return self.env._(
            "%(target)s within %(hours)s %(basis)s",
            target=self._get_target_text(),
            hours=format_duration(self.duration_hours),
            basis=dict(self._fields['time_basis']._description_selection(self.env))[
                self.time_basis
            ],
        )

    def _get_target_text(self):
        """Hook: the target in words."""
        return dict(self._fields['target']._description_selection(self.env)).get(self.target)

    # === BUSINESS METHODS: BACKGROUND === #
    @api.model
    def _cron_apply_policies(self, batch_size=200):
        """Re-evaluate open records for the policies that asked for it, in order of their ids."""
        IrCron = self.env['ir.cron']
        while policy := self.search([('apply_pending', '=', True)], limit=1):
            records = policy._get_records_to_apply(batch_size)
            if records:
                policy.apply_after_id = records[-1].id
                records.with_company(policy.company_id)._sla_sync_safely()
            else:
                policy.write({'apply_pending': False, 'apply_after_id': 0})
            if not IrCron._commit_progress(len(records), remaining=int(bool(records))):
                break

    def _get_records_to_apply(self, limit):
        self.ensure_one()
        if self.res_model not in self.env:
            return self.browse()
        model = self.env[self.res_model]
        domain = Domain('id', '>', self.apply_after_id) & model._sla_get_open_domain(
            self.company_id
        )
        return model.search(domain, order='id', limit=limit)
