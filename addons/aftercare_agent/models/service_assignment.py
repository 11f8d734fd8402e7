from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ..tools import scoring

PARAM_RETENTION = 'aftercare_agent.assignment_retention_days'


class ServiceAssignment(models.Model):
    """Who was given a record, and why: written once, never changed."""

    _name = 'service.assignment'
    _description = "Assignment"
    _order = 'id desc'
    _rec_name = 'agent_id'

    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True, index=True)
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(string="Document ID", model_field='res_model', readonly=True)
    res_name = fields.Char(string="Assigned", compute='_compute_res_name')
    agent_id = fields.Many2one('service.agent', readonly=True, ondelete='restrict')
    avatar_128 = fields.Image(related='agent_id.avatar_128')
    company_id = fields.Many2one(
        'res.company', default=lambda self: self.env.company, readonly=True, index=True
    )
    region_id = fields.Many2one(
        'service.region', readonly=True, index='btree_not_null', ondelete='set null'
    )
    method = fields.Selection(
        [
            ('manual', "By hand"),
            ('random', "At random"),
            ('balanced', "Fewest open"),
            ('round_robin', "In turn"),
        ],
        required=True,
        readonly=True,
    )
    outcome = fields.Selection(
        [
            ('own', "Own agent"),
            ('deputy', "Deputy"),
            ('only', "Suits best"),
            ('method', "Chosen by the method"),
            ('leader', "Leader"),
            ('hand', "Chosen by a person"),
            ('by_hand', "To be chosen by hand"),
            ('nobody', "Nobody"),
        ],
        string="Result",
        readonly=True,
    )
    relaxed_region = fields.Boolean(readonly=True)
    relaxed_skills = fields.Boolean(readonly=True)
    relaxed_presence = fields.Boolean(readonly=True)
    candidate_count = fields.Integer(string="Candidates", readonly=True, aggregator='avg')
    eligible_count = fields.Integer(string="Suitable", readonly=True, aggregator='avg')
    user_id = fields.Many2one(
        'res.users',
        string="On behalf of",
        default=lambda self: self.env.uid,
        readonly=True,
        ondelete='set null',
    )
    note = fields.Char(readonly=True)
    # Numbers of the decision; the sentences are made of them in the reader's language.
    facts = fields.Json(readonly=True)
    candidates = fields.Json(string="Candidate Numbers", readonly=True, prefetch=False)
    candidate_ids = fields.One2many(
        'service.assignment.candidate', 'assignment_id', string="Considered", readonly=True
    )
    reason = fields.Text(compute='_compute_reason')
    relaxed = fields.Text(string="Left aside", compute='_compute_reason')
    explanation = fields.Html(compute='_compute_explanation', sanitize=False)
    previous_ids = fields.Many2many('service.assignment', compute='_compute_previous_ids')

    _resource_idx = models.Index('(res_model, res_id)')
    _turn_idx = models.Index('(agent_id, res_model, id)')

    # === COMPUTE METHODS === #

    @api.depends('agent_id', 'date')
    def _compute_display_name(self):
        for assignment in self:
            agent = assignment.agent_id.name or self.env._("Nobody")
            assignment.display_name = f'{agent} – {format_datetime(self.env, assignment.date)}'

    @api.depends('res_model', 'res_id')
    @api.depends_context('uid')
    def _compute_res_name(self):
        self.res_name = False
        for model, assignments in self.grouped('res_model').items():
            if model not in self.env:
                continue
            # Who may not read a record does not learn its name here either.
            records = self.env[model].browse(assignments.mapped('res_id')).exists()
            names = {record.id: record.display_name for record in records._filtered_access('read')}
            for assignment in assignments:
                assignment.res_name = names.get(assignment.res_id)

    @api.depends('res_model', 'res_id')
    def _compute_previous_ids(self):
        for assignment in self:
            assignment.previous_ids = (
                self.search(
                    [
                        ('res_model', '=', assignment.res_model),
                        ('res_id', '=', assignment.res_id),
                        ('id', '<', assignment.id),
                    ]
                )
                if assignment._origin and assignment.res_id
                else False
            )

    @api.depends('outcome', 'method', 'agent_id', 'facts', 'note')
    @api.depends_context('lang', 'tz')
    def _compute_reason(self):
        for assignment in self:
            assignment.reason = assignment._get_reason()
            assignment.relaxed = '\n'.join(assignment._get_relaxed_steps())

    @api.depends('candidate_ids', 'outcome', 'method', 'agent_id', 'facts')
    @api.depends_context('lang', 'tz')
    def _compute_explanation(self):
        for assignment in self:
            assignment.explanation = self.env['ir.qweb']._render(
                'aftercare_agent.service_assignment_explanation',
                assignment._prepare_explanation_values(),
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """An assignment says what was true when it was made: nobody may change it."""
        raise UserError(self.env._("An assignment cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_always(self):
        raise UserError(self.env._("An assignment cannot be deleted."))

    # === ACTION METHODS === #

    @api.model
    def _get_explanation_action(self, res_model, res_id):
        """Return the action that explains in a dialog who was chosen for a record and why."""
        last = self.search([('res_model', '=', res_model), ('res_id', '=', res_id)], limit=1)
        if not last:
            return {
                'type': 'ir.actions.client',
                'tag': 'display_notification',
                'params': {
                    'type': 'info',
                    'message': self.env._("Nobody has been chosen automatically here yet."),
                },
            }
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Why this agent?"),
            'res_model': self._name,
            'res_id': last.id,
            'views': [
                (self.env.ref('aftercare_agent.service_assignment_view_form_dialog').id, 'form')
            ],
            'target': 'new',
            'context': {'dialog_size': 'large'},
        }

    def action_open_record(self):
        """Open what was assigned."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': self.res_model,
            'res_id': self.res_id,
            'view_mode': 'form',
        }

    # === BUSINESS METHODS === #

    def _bind(self, records):
        """Tell for which records, created meanwhile, the assignments were made.

        :param records: as many records as assignments, in the same order
        """
        pairs = [(a.id, r.id) for a, r in zip(self, records, strict=True) if not a.res_id]
        if pairs:
            self.env.execute_query(
                SQL(
                    """
                    UPDATE service_assignment a SET res_id = v.res_id
                      FROM (SELECT unnest(%s) AS id, unnest(%s) AS res_id) v
                     WHERE a.id = v.id AND COALESCE(a.res_id, 0) = 0
                    RETURNING a.id
                    """,
                    [id_ for id_, _res_id in pairs],
                    [res_id for _id, res_id in pairs],
                )
            )
            self.invalidate_recordset(['res_id', 'res_name', 'previous_ids'], flush=False)

    @api.model
    def _record_choice(self, records, agent, note=None):
        """Write down that a person gave records to an agent.

        :param note: why, in the person's own words
        """
        # sudo: service.assignment - written by code alone, on behalf of the user
        return self.sudo().create(
            [
                {
                    'res_model': records._name,
                    'res_id': record.id,
                    'agent_id': agent.id,
                    'company_id': agent.company_id.id or self.env.company.id,
                    'method': 'manual',
                    'outcome': 'hand',
                    'note': note,
                }
                for record in records
            ]
        )

    @api.model
    def _forget(self, records):
        """Delete the assignments of records that are deleted."""
        self._delete_where(
            SQL('res_model = %s AND res_id = ANY(%s)', records._name, list(records.ids))
        )

    @api.autovacuum
    def _gc_assignments(self):
        """Delete assignments that are too old, or whose records are gone."""
        # sudo: ir.config_parameter - a number for internal use
        days = int(self.env['ir.config_parameter'].sudo().get_param(PARAM_RETENTION, 1095))
        if days > 0:
            limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
            self._delete_where(SQL('date < %s', limit))
        models_used = self.env.execute_query(
            SQL('SELECT DISTINCT res_model FROM service_assignment')
        )
        for (model,) in models_used:
            if model in self.env and self.env[model]._auto:
                table = SQL.identifier(self.env[model]._table)
                self._delete_where(
                    SQL(
                        """res_model = %s AND res_id > 0
                        AND NOT EXISTS (SELECT FROM %s r WHERE r.id = res_id)""",
                        model,
                        table,
                    )
                )

    def _delete_where(self, condition):
        """Delete rows in SQL: there is no other way around the refusal to delete."""
        self.flush_model()
        self.env.execute_query(
            SQL('DELETE FROM service_assignment WHERE %s RETURNING id', condition)
        )
        self.invalidate_model(flush=False)

    # === BUSINESS METHODS: DECISIONS === #

    @api.model
    def _create_from_decisions(self, decisions):
        """Write down decisions of the engine."""
        assignments = self.create([self._prepare_from_decision(d) for d in decisions])
        # The new records believe to have none: nobody created any.
        assignments.invalidate_recordset(['candidate_ids'], flush=False)
        return assignments

    @api.model
    def _new_from_decision(self, decision):
        """Return a decision of a dry run as an unsaved record."""
        vals = self._prepare_from_decision(decision)
        rows = [Command.create(row) for row in vals['candidates']]
        return self.new({**vals, 'candidate_ids': rows})

    def _prepare_from_decision(self, decision):
        request, chosen, relaxed = decision.request, decision.chosen, decision.relaxed
        rows = [self._prepare_candidate(request, row) for row in decision.rows]
        company_id = request.company_id or (chosen and chosen.facts.company_id)
        return {
            'date': request.at,
            'res_model': request.res_model,
            'res_id': request.res_id,
            'agent_id': chosen and chosen.facts.id,
            'company_id': company_id or self.env.company.id,
            'region_id': request.region_id,
            'method': request.method,
            'outcome': decision.outcome,
            'note': request.note,
            'relaxed_region': 'region' in relaxed,
            'relaxed_skills': 'skills' in relaxed,
            'relaxed_presence': 'presence' in relaxed,
            'candidate_count': decision.candidate_count,
            'eligible_count': decision.eligible_count,
            'facts': {
                'kind': request.kind,
                'own_id': request.own_id,
                'skill_ids': list(request.skills),
                'blocks': decision.blocks,
                'chosen': rows[0] if chosen else None,
            },
            'candidates': rows,
        }

    def _prepare_candidate(self, request, row):
        """Return the numbers of a candidate, see ``service.assignment.candidate``."""
        fit, state = row.fit, row.fit.state
        region = None
        if request.region_path or request.use_default:
            region = next(
                name
                for weight, name in (
                    (scoring.REGION_COVERED, 'covered'),
                    (scoring.REGION_PART, 'part'),
                    (scoring.REGION_DEFAULT, 'default'),
                    (0, 'none'),
                )
                if fit.region >= weight
            )
        return {
            'agent_id': fit.facts.id,
            'eligible': row.eligible,
            'score': fit.score,
            'open_count': row.load,
            'max_open': fit.facts.max_open if request.use_capacity else 0,
            'last_assignment_date': fields.Datetime.to_string(row.last_date) or None,
            'presence': fit.facts.presence,
            'work_state': state.code,
            'start': (not state.working and fields.Datetime.to_string(state.start)) or None,
            'region_match': region,
            'lacks': fit.lacks,
            'why': row.why,
        }

    # === BUSINESS METHODS: WORDS === #

    def _get_reason(self):
        """Return in one sentence who was chosen and why."""
        reason = self._get_outcome_reason()
        return f'{reason} {self.note}' if self.note else reason

    def _get_outcome_reason(self):
        facts, agent = self.facts or {}, self.agent_id.name
        match self.outcome:
            case 'own':
                return self.env._("%(agent)s is the customer's own agent.", agent=agent)
            case 'deputy':
                return self.env._(
                    "%(agent)s stands in for %(own)s, the customer's own agent, who is absent.",
                    agent=agent,
                    own=self.env['service.agent'].browse(facts.get('own_id')).exists().name,
                )
            case 'only':
                return self.env._(
                    "%(agent)s suits best of %(count)s.", agent=agent, count=self.candidate_count
                )
            case 'method':
                return self._get_method_reason()
            case 'leader':
                return self.env._(
                    "Nobody else could take it (%(blocks)s), so it went to the leader %(agent)s.",
                    agent=agent,
                    blocks=self._get_blocks_text(),
                )
            case 'hand':
                return self.env._(
                    "%(user)s chose %(agent)s.",
                    user=self.user_id.name or self.env._("Somebody"),
                    agent=agent or self.env._("nobody"),
                )
            case 'by_hand':
                return self.env._("Here an agent is chosen by hand.")
        return self.env._("Nobody could take it: %(blocks)s.", blocks=self._get_blocks_text())

    def _get_method_reason(self):
        """Return why the method chose this one of several who suited equally well."""
        agent, count = self.agent_id.name, self.eligible_count
        chosen = (self.facts or {}).get('chosen') or {}
        if self.method == 'random':
            return self.env._(
                "%(agent)s was drawn from %(count)s who suit equally well.",
                agent=agent,
                count=count,
            )
        if self.method == 'balanced':
            kind = (self.facts or {}).get('kind')
            return (
                self.env._(
                    "%(agent)s has the fewest customers (%(load)s) of %(count)s who suit equally "
                    "well.",
                    agent=agent,
                    load=chosen.get('open_count', 0),
                    count=count,
                )
                if kind == 'customers'
                else self.env._(
                    "%(agent)s has the least open (%(load)s) of %(count)s who suit equally well.",
                    agent=agent,
                    load=chosen.get('open_count', 0),
                    count=count,
                )
            )
        if date := fields.Datetime.to_datetime(chosen.get('last_assignment_date')):
            return self.env._(
                "It was the turn of %(agent)s, who of %(count)s had waited longest (since "
                "%(date)s).",
                agent=agent,
                count=count,
                date=format_datetime(self.env, date, dt_format='short'),
            )
        return self.env._(
            "It was the turn of %(agent)s, who of %(count)s had been given nothing yet.",
            agent=agent,
            count=count,
        )

    def _get_blocks_text(self):
        """Return how many candidates were out of the question, and why."""
        blocks = (self.facts or {}).get('blocks') or {}
        texts = []
        if full := blocks.get('full'):
            texts.append(self.env._("%(count)s without a free place", count=full))
        if unreachable := blocks.get('unreachable'):
            texts.append(self.env._("%(count)s not back within two weeks", count=unreachable))
        return ', '.join(texts) or self.env._("there are no candidates")

    def _get_relaxed_steps(self):
        """Return in sentences which wishes were left aside, in the order in which they were."""
        steps = []
        if self.relaxed_region:
            steps.append(
                self.env._(
                    "No suitable agent serves %(region)s: the region was left aside.",
                    region=self.region_id.name,
                )
            )
        if self.relaxed_skills:
            skills = self.env['service.skill'].browse((self.facts or {}).get('skill_ids')).exists()
            steps.append(
                self.env._(
                    "Nobody suitable has all the skills (%(skills)s): they were left aside.",
                    skills=', '.join(skills.mapped('name')),
                )
            )
        if self.relaxed_presence:
            start = ((self.facts or {}).get('chosen') or {}).get('start')
            steps.append(
                self.env._(
                    "Nobody who works now has a free place: the one who is back first was "
                    "preferred (%(date)s).",
                    date=format_datetime(self.env, start, dt_format='short') if start else '',
                )
            )
        return steps

    def _prepare_explanation_values(self):
        """Return what the explanation shows, see the template of the same name."""
        return {
            'assignment': self,
            'candidates': self.candidate_ids,
            'steps': self._get_relaxed_steps(),
            'skipped': max(0, self.candidate_count - len(self.candidate_ids)),
            'customers': (self.facts or {}).get('kind') == 'customers',
            'show_state': any(c.work_state != 'any' for c in self.candidate_ids),
            'show_region': any(c.region_match for c in self.candidate_ids),
        }
