import logging
from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.sla_clock import Point, SlaClock

_logger = logging.getLogger(__name__)

# Stage key of an archived record.
ARCHIVED = 'archived'


class SlaMixin(models.AbstractModel):
    """Gives a record service levels: clocks that run, pause, succeed or fail.

    A model that inherits it says in the hooks below what its stages, calendar and criteria are, and
    names in `_sla_get_tracked_fields` the fields whose change has the service levels re-evaluated.
    """

    _name = 'sla.mixin'
    _description = "Record with Service Levels"

    sla_status_ids = fields.One2many(
        'sla.status',
        'res_id',
        string="Service Levels",
        domain=lambda self: [('res_model', '=', self._name)],
        copy=False,
        groups='base.group_user',
    )
    sla_deadline = fields.Datetime(
        string="SLA Deadline",
        compute='_compute_sla',
        store=True,
        index='btree_not_null',
        copy=False,
        help="The earliest deadline that is not reached yet.",
    )
    sla_state = fields.Selection(
        [
            ('ongoing', "On time"),
            ('warning', "Due soon"),
            ('paused', "Paused"),
            ('reached', "Reached"),
            ('failed', "Missed"),
        ],
        string="SLA",
        compute='_compute_sla',
        store=True,
        copy=False,
    )
    # Who may see the record may see its clock, whatever statuses he may analyse.
    sla_clock = fields.Json(
        compute='_compute_sla_clock', compute_sudo=True, groups='base.group_user'
    )
    # Which stage was entered when: [["2026-03-02 09:00:00", stage], …]. A promise that applies later
    # counts from the creation and needs to know the pauses of that time.
    sla_stage_log = fields.Json(copy=False, groups='base.group_system')

    # === COMPUTE METHODS === #
    @api.depends(
        'sla_status_ids.state',
        'sla_status_ids.deadline',
        'sla_status_ids.end_date',
        'sla_status_ids.is_warned',
    )
    def _compute_sla(self):
        for record in self:
            # sudo: sla.status - the deadline of a record is no secret to who may see the record
            statuses_sudo = record.sudo().sla_status_ids
            running = statuses_sudo.filtered(lambda status: status.deadline and not status.end_date)
            record.sla_deadline = min(running.mapped('deadline'), default=False)
            record.sla_state = statuses_sudo._get_overall_state()

    @api.depends('sla_deadline', 'sla_state')
    def _compute_sla_clock(self):
        now = fields.Datetime.now()
        timelines = {}
        for record in self:
            record.sla_clock = record.sla_status_ids._get_most_urgent()._describe_clock(
                now, timelines
            )

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._sla_sync(is_new=True)
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._sla_get_tracked_fields() & vals.keys():
            self._sla_sync()
        return result

    def unlink(self):
        # sudo: sla.status - the clocks go with their record
        statuses_sudo = self.env['sla.status'].sudo().search(self._sla_get_status_domain())
        result = super().unlink()
        statuses_sudo.unlink()
        return result

    # === ACTION METHODS === #
    @api.readonly
    def get_sla_timeline(self):
        """How the deadlines of a record came about, for its reader.

        :return: list of dicts, the most urgent promise first, with its `rows`
        """
        self.ensure_one()
        self.check_access('read')
        now = fields.Datetime.now()
        timelines = {}
        # sudo: sla.status - who may read the record may read its clocks
        statuses_sudo = self.sudo().sla_status_ids
        live = statuses_sudo.filtered(lambda status: status.state != 'cancelled')
        ordered = live.sorted(
            lambda s: (bool(s.end_date), s.deadline or fields.Datetime.now(), s.id)
        )
        ordered += statuses_sudo - live
        return [status._describe_timeline(now, timelines) for status in ordered]

    # === HOOKS: WHAT THE RECORD IS === #
    def _sla_get_tracked_fields(self):
        """Hook: the names of the fields whose change may start, pause, end or re-evaluate clocks."""
        return {'active', 'company_id'}

    def _sla_get_company(self):
        """Hook: the company whose policies apply."""
        return self.company_id

    def _sla_get_calendar(self):
        """Hook: the calendar of a policy without its own."""
        company = self._sla_get_company()
        # a company has hundreds of columns, of which a clock needs one
        company.fetch(['resource_calendar_id'])
        return company.resource_calendar_id

    def _sla_get_user(self):
        """Hook: who is responsible, possibly nobody."""
        return self.user_id

    def _sla_get_partner(self):
        """Hook: the customer, possibly nobody."""
        return self.partner_id

    def _sla_get_criterion(self, name):
        """Hook: the ids (or keys) by which the record meets a criterion of `sla.policy`."""
        if name == 'partner_ids':
            partner = self._sla_get_partner()
            return {partner.id, partner.commercial_partner_id.id}
        if name == 'partner_category_ids':
            partner = self._sla_get_partner()
            return {*partner.category_id.ids, *partner.commercial_partner_id.category_id.ids}
        return set()

    def _sla_get_stage(self):
        """Hook: a key (number or text) of the stage the record is in."""
        return False

    def _sla_get_stage_name(self, stage):
        """Hook: the name of a stage for the timeline."""
        return ''

    def _sla_is_stage_closed(self, stage):
        """Hook: whether work is over in a stage, successfully or not."""
        return stage == ARCHIVED

    def _sla_is_stage_cancelled(self, stage):
        """Hook: whether a stage means that nothing was achieved nor missed."""
        return False

    def _sla_is_stage_target(self, stage, policy):
        """Hook: whether entering a stage fulfils a policy, cancellations apart."""
        return policy.target == 'closed' and self._sla_is_stage_closed(stage) and stage != ARCHIVED

    def _sla_get_reached_date(self, policy):
        """Hook: when a target was reached that is no stage; False for not yet."""
        return policy.target == 'first_response' and self._sla_get_first_response_date()

    def _sla_get_first_response_date(self):
        """Hook: when somebody answered first."""
        return False

    @api.model
    def _sla_get_open_domain(self, company):
        """Hook: the records of a company that a new policy may still be applied to."""
        return Domain('company_id', '=', company.id)

    def _sla_is_closed(self):
        """Whether the record is closed, successfully or not."""
        self.ensure_one()
        return self._sla_is_stage_closed(self._sla_get_current_stage())

    def _sla_is_cancelled(self):
        """Whether the record was cancelled."""
        self.ensure_one()
        return self._sla_is_stage_cancelled(self._sla_get_current_stage())

    # === HOOKS: WHAT FOLLOWS === #
    def _sla_on_warning(self, statuses):
        """Hook: deadlines are near. Called exactly once for each status.

        :param statuses: sla.status of records in self, at most a few hundred
        """
        self._sla_tell(
            statuses,
            note='warning_note',
            activity='warning_activity',
            summary=lambda env: env._("Deadline is near"),
        )

    def _sla_on_failed(self, statuses):
        """Hook: deadlines were missed. Called exactly once for each status.

        :param statuses: sla.status of records in self, at most a few hundred
        """
        self._sla_tell(
            statuses.filtered(lambda status: not status.end_date),
            note='failed_note',
            activity='failed_activity',
            summary=lambda env: env._("Deadline was missed"),
            escalate=True,
        )

    def _sla_tell(self, statuses, note, activity, summary, escalate=False):
        """Write notes and to-dos about deadlines, all at once."""
        by_id = {record.id: record for record in self}
        bodies = defaultdict(list)
        activities = []
        model_id = self.env['ir.model']._get_id(self._name)
        todo = self.env.ref('aftercare_sla.mail_activity_type_sla')
        for status in statuses:
            policy = status.policy_id
            record = by_id[status.res_id]
            lang = status.user_id.lang or status.company_id.partner_id.lang or self.env.lang
            translated = status.with_context(lang=lang)
            title = summary(translated.env)
            text = translated._get_deadline_text()
            if policy[note]:
                bodies[record.id].append(Markup('%s: %s') % (title, text))
            users = status.user_id if policy[activity] else self.env['res.users']
            if escalate or (policy[activity] and not users):
                users |= policy.escalation_user_id
            activities += [
                {
                    'res_model_id': model_id,
                    'res_id': record.id,
                    # Core would look the names up one by one.
                    'res_name': record.display_name,
                    'activity_type_id': todo.id,
                    'automated': True,
                    'summary': f'{title}: {translated.policy_id.name}',
                    'note': text,
                    'user_id': user.id,
                    'date_deadline': fields.Date.context_today(record.with_context(tz=user.tz)),
                }
                for user in users
            ]
        if bodies and 'message_ids' in self._fields:
            self.browse(bodies)._message_log_batch(
                bodies={res_id: Markup('<br/>').join(lines) for res_id, lines in bodies.items()}
            )
        if activities and 'activity_ids' in self._fields:
            # The to-do is the notice; a mail for each would only repeat it.
            self.env['mail.activity'].with_context(mail_activity_quick_update=True).create(
                activities
            )

    # === BUSINESS METHODS === #
    def _sla_get_status_domain(self):
        return Domain('res_model', '=', self._name) & Domain('res_id', 'in', self.ids)

    def _sla_get_current_stage(self):
        if 'active' in self._fields and not self.active:
            return ARCHIVED
        return self._sla_get_stage()

    @api.model
    def _sla_now(self):
        """The moment at which changes happen; the context key `sla_now` serves imports of history."""
        moment = self.env.context.get('sla_now')
        return fields.Datetime.to_datetime(moment) if moment else fields.Datetime.now()

    def _sla_sync_safely(self):
        """Synchronise in the background: one bad record does not hold up the others."""
        try:
            with self.env.cr.savepoint():
                self._sla_sync()
            return
        except Exception:
            if len(self) == 1:
                _logger.exception("Service levels of %s could not be evaluated", self)
                return
        for record in self:
            record._sla_sync_safely()

    def _sla_sync(self, is_new=False):
        """Bring the service levels in line with the records, for all of them at once.

        Policies that no longer match are cancelled, new ones start from the creation of the record,
        and the clocks learn what happened since they were last looked at.
        """
        now = self._sla_now()
        # sudo: sla.status, sla.policy - clocks run whoever works on the record, visitors included
        records = self.sudo()
        records._sla_log_stage(now, is_new)
        Status = self.env['sla.status'].sudo()
        policies = self.env['sla.policy']._match(records)
        statuses = Status if is_new else Status.search(self._sla_get_status_domain())
        known = statuses.grouped('res_id')
        timelines = {}
        touched, clocks, starting, unfit = [], [], [], []
        for record in records:
            wanted = policies[record.id]
            present = known.get(record.id, Status)
            for status in present:
                if status._is_live():
                    is_wanted = status.policy_id in wanted
                    clocks.append(record._sla_run_clock(status, is_wanted, now, timelines))
                    touched.append(status.id)
            if not is_new and record._sla_is_closed():
                continue
            taken = present.filtered(lambda status: status.state != 'cancelled').policy_id
            for policy in wanted - taken:
                vals, clock = record._sla_start_clock(policy, now, timelines)
                if clock:
                    starting.append((vals, clock))
                elif not present._has_been_unfit(policy):
                    unfit.append((record, policy, vals))
        if starting:
            # A promise that was cancelled makes room for the same promise given anew.
            statuses.flush_recordset(['state'])
        touched += Status.create([vals for vals, _clock in starting]).ids
        clocks += [clock for _vals, clock in starting]
        was_open = statuses.filtered(lambda status: not status.end_date)
        # An import of history tells nobody about deadlines of long ago.
        Status.browse(touched)._settle(clocks, fire=not self.env.context.get('sla_now'))
        self._sla_close_activities(was_open.filtered('end_date'))
        self._sla_note_unfit(unfit)

    def _sla_log_stage(self, now, is_new):
        """Remember the stages of the records with the moment they were entered."""
        moment = fields.Datetime.to_string(now)
        for record in self:
            stage = record._sla_get_current_stage()
            log = record.sla_stage_log
            if not log:
                start = moment if is_new else fields.Datetime.to_string(record.create_date)
                record.sla_stage_log = [[start, stage]]
            elif log[-1][1] != stage:
                record.sla_stage_log = [*log, [moment, stage]]

    def _sla_run_clock(self, status, is_wanted, now, timelines):
        """Run the clock of an existing status up to now."""
        clock = status._get_clock(timelines)
        if not is_wanted:
            if not status.end_date:
                clock.cancel(now, 'not_applicable')
        else:
            calendar = self._sla_choose_calendar(status.policy_id)
            if calendar and calendar != status.calendar_id:
                timeline = status._get_timeline(timelines, calendar, status.time_basis)
                clock.change_basis(timeline, now, calendar.name)
                status.calendar_id = calendar
            points = self._sla_get_points(status.policy_id, status.log_position)
            clock.advance(points, now)
        status._write_changes(
            {**self._sla_prepare_facts(), 'log_position': len(self.sla_stage_log)}
        )
        return clock

    def _sla_start_clock(self, policy, now, timelines):
        """The values of a new status and its clock, run from the creation of the record up to now.

        The clock is None when there is no working time to count in.
        """
        Status = self.env['sla.status']
        calendar = self._sla_choose_calendar(policy)
        start = fields.Datetime.to_datetime(self.sla_stage_log[0][0])
        vals = {
            'policy_id': policy.id,
            'res_model': self._name,
            'res_id': self.id,
            'calendar_id': calendar.id,
            'time_basis': policy.time_basis,
            'start_date': start,
            'target_seconds': round(policy.duration_hours * 3600),
            'warning_seconds': round(policy.warning_hours * 3600),
            'log_position': len(self.sla_stage_log),
            **self._sla_prepare_facts(),
        }
        clock = None
        if policy.time_basis == 'elapsed' or (calendar and calendar._has_working_time()):
            clock = SlaClock(
                timeline=Status._get_timeline(timelines, calendar, policy.time_basis),
                target=vals['target_seconds'],
                warning=vals['warning_seconds'],
                date=start,
            )
            if not clock.deadline:
                clock = None
        if clock is None:
            vals.update(
                state='cancelled', cancel_reason='no_working_time', end_date=now, is_running=False
            )
            return vals, None
        clock.start(policy.with_context(lang=self.env.lang)._get_promise_text())
        clock.advance(self._sla_get_points(policy, 0), now)
        vals.update(Status._prepare_clock(clock))
        return vals, clock

    def _sla_choose_calendar(self, policy):
        return policy.calendar_id or self._sla_get_calendar()

    def _sla_prepare_facts(self):
        """Hook: what the analysis of a status knows about its record."""
        return {'user_id': self._sla_get_user().id, 'partner_id': self._sla_get_partner().id}

    def _sla_get_points(self, policy, position):
        """What happened to the record since a position in its log of stages."""
        points = []
        for moment, stage in (self.sla_stage_log or [])[position:]:
            is_closed = self._sla_is_stage_closed(stage)
            is_cancelled = self._sla_is_stage_cancelled(stage)
            points.append(
                Point(
                    date=fields.Datetime.to_datetime(moment),
                    reaches=self._sla_is_stage_target(stage, policy),
                    cancels=is_cancelled,
                    closes=is_closed,
                    pauses=is_closed or is_cancelled or policy._is_stage_excluded(stage),
                    note=self._sla_get_stage_name(stage),
                )
            )
        if reached := self._sla_get_reached_date(policy):
            points.append(Point(date=reached.replace(microsecond=0), reaches=True))
        return points

    def _sla_note_unfit(self, unfit):
        """Keep and say which promises there is no working time for."""
        if not unfit:
            return
        self.env['sla.status'].sudo().create([vals for _record, _policy, vals in unfit])
        if 'message_ids' not in self._fields:
            return
        bodies = defaultdict(list)
        for record, policy, _vals in unfit:
            bodies[record.id].append(
                self.env._(
                    "The service level “%(policy)s” was skipped: there is no working time to count in.",
                    policy=policy.name,
                )
            )
        self.sudo().browse(bodies)._message_log_batch(
            bodies={res_id: Markup('<br/>').join(lines) for res_id, lines in bodies.items()}
        )

    def _sla_close_activities(self, ended):
        """The to-dos about deadlines are done with once their clocks have ended."""
        told = ended.filtered(lambda status: status.is_warned or status.failed_date)
        if not told or 'activity_ids' not in self._fields:
            return
        records = self.sudo().browse(told.mapped('res_id'))
        done = records.filtered(
            lambda record: (
                not any(
                    not status.end_date and (status.is_warned or status.failed_date)
                    for status in record.sla_status_ids
                )
            )
        )
        done.activity_unlink(['aftercare_sla.mail_activity_type_sla'])
