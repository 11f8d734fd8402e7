import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, format_date

_logger = logging.getLogger(__name__)

BATCH_SIZE = 100
# Since when nobody has gone on with a ticket. Who moves it to another stage goes on with it.
IDLE_SINCE = 'GREATEST({0}create_date, {0}last_message_date, {0}last_stage_update)'


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    autoclose_warned_date = fields.Datetime(
        string="Customer Warned On",
        copy=False,
        readonly=True,
        help="When the customer was told that the ticket will close unless he answers.",
    )
    autoclose_tried_date = fields.Datetime(
        string="Closed By Itself On",
        copy=False,
        readonly=True,
        help="When the ticket was last closed by itself, or would have been: once for each silence.",
    )
    autoclose_date = fields.Date(
        string="Closes By Itself On",
        compute='_compute_autoclose_date',
        compute_sudo=True,
        help="Unless the customer or an agent writes before.",
    )

    _autoclose_idx = models.Index(f'(team_id, ({IDLE_SINCE.format("")})) WHERE closed IS NOT TRUE')

    # === COMPUTE METHODS === #

    @api.depends(
        'create_date',
        'last_message_date',
        'last_stage_update',
        'stage_id',
        'autoclose_warned_date',
        'autoclose_tried_date',
        'team_id.autoclose_days',
        'team_id.autoclose_warning_days',
        'team_id.autoclose_from_stage_ids',
    )
    def _compute_autoclose_date(self):
        for ticket in self:
            team = ticket.team_id
            idle_since = ticket._get_idle_since()
            if (
                not team.autoclose_days
                or not idle_since
                or not team._is_autoclose_stage(ticket.stage_id)
                or ticket._is_after(ticket.autoclose_tried_date, idle_since)
            ):
                ticket.autoclose_date = False
                continue
            date = idle_since + timedelta(days=team.autoclose_days)
            warning = timedelta(days=team.autoclose_warning_days)
            if warning:
                warned = ticket.autoclose_warned_date
                if not ticket._is_after(warned, idle_since):
                    warned = max(date - warning, fields.Datetime.now())
                date = max(date, warned + warning)
            ticket.autoclose_date = fields.Datetime.context_timestamp(ticket, date).date()

    # === BUSINESS METHODS: SCHEDULED ACTION === #

    @api.model
    def _cron_autoclose(self):
        """Warn the customers of tickets nobody goes on with, and close what was warned of.

        A ticket that fails holds up no other; each batch is committed.
        """
        IrCron = self.env['ir.cron']
        done = []
        while True:
            # Found anew for each batch: somebody may have written meanwhile.
            due = self._find_autoclose(BATCH_SIZE, done)
            done += due
            # sudo: helpdesk.ticket - the scheduled action serves all teams
            tickets = self.sudo().browse(due).try_lock_for_update()
            tickets._autoclose_or_warn({ticket.id: due[ticket.id] for ticket in tickets})
            is_last = len(due) < BATCH_SIZE
            if not IrCron._commit_progress(len(due), remaining=int(not is_last)) or is_last:
                break

    @api.model
    def _find_autoclose(self, limit, done=()):
        """Return dict of the ids of the tickets that are due → whether to close, else to warn.

        :param done: ids of tickets to leave alone
        """
        self.flush_model()
        self.env['helpdesk.ticket.team'].flush_model()
        self.env['mail.activity'].flush_model()
        idle_since = SQL(IDLE_SINCE.format('ticket.'))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ticket.id, %(is_due)s
                  FROM helpdesk_ticket_team team
                  JOIN helpdesk_ticket ticket
                    ON ticket.team_id = team.id
                   AND ticket.closed IS NOT TRUE
                   AND %(idle)s <= %(now)s
                       - make_interval(days => team.autoclose_days - team.autoclose_warning_days)
                  JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id
                 WHERE team.autoclose_days > 0 AND team.active AND ticket.active
                   AND ticket.id != ALL(%(done)s)
                   AND (ticket.autoclose_tried_date IS NULL OR ticket.autoclose_tried_date < %(idle)s)
                   AND (%(is_due)s OR team.autoclose_warning_days > 0 AND (
                           ticket.autoclose_warned_date IS NULL
                           OR ticket.autoclose_warned_date < %(idle)s))
                   AND CASE WHEN EXISTS (
                           SELECT FROM helpdesk_ticket_team_autoclose_stage_rel
                            WHERE helpdesk_ticket_team_id = team.id)
                       THEN EXISTS (
                           SELECT FROM helpdesk_ticket_team_autoclose_stage_rel
                            WHERE helpdesk_ticket_team_id = team.id
                              AND helpdesk_ticket_stage_id = stage.id)
                       ELSE stage.is_waiting END
                   AND NOT (team.autoclose_skip_activities AND EXISTS (
                           SELECT FROM mail_activity activity
                            WHERE activity.res_model = 'helpdesk.ticket'
                              AND activity.res_id = ticket.id AND activity.active))
                 ORDER BY ticket.id
                 LIMIT %(limit)s
                """,
                idle=idle_since,
                is_due=self._get_autoclose_due_sql(idle_since),
                now=fields.Datetime.now(),
                done=list(done),
                limit=limit,
            )
        )
        return dict(rows)

    @api.model
    def _get_autoclose_due_sql(self, idle_since):
        """Return the condition under which a ticket is closed: silent and warned long enough."""
        return SQL(
            """(%(idle)s <= %(now)s - make_interval(days => team.autoclose_days)
            AND (team.autoclose_warning_days = 0 OR (
                 COALESCE(ticket.autoclose_warned_date >= %(idle)s, FALSE)
                 AND ticket.autoclose_warned_date
                     <= %(now)s - make_interval(days => team.autoclose_warning_days))))""",
            idle=idle_since,
            now=fields.Datetime.now(),
        )

    def _autoclose_or_warn(self, due):
        """Close or warn, together or one by one when one of the tickets fails.

        :param dict due: ticket id → whether to close it
        """
        try:
            with self.env.cr.savepoint():
                self.filtered(lambda ticket: not due[ticket.id])._warn_autoclose()
                self.filtered(lambda ticket: due[ticket.id])._autoclose()
                self.env.flush_all()
        except Exception as error:
            self.env.transaction.clear()
            if len(self) > 1:
                for ticket in self:
                    ticket._autoclose_or_warn(due)
            elif not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                _logger.warning("Ticket %s does not close by itself: %s", self.id, error)
                self._give_up_autoclose(error)

    def _warn_autoclose(self):
        """Tell the customers that their tickets will be closed unless they answer."""
        self._set_measures({'autoclose_warned_date': fields.Datetime.now()})
        extra = {}
        for ticket in self:
            lang = ticket.partner_id.lang
            date = fields.Date.today() + timedelta(days=ticket.team_id.autoclose_warning_days)
            extra[ticket.id] = {'date': format_date(self.env, date, lang_code=lang)}
        self._raise_event('ticket_autoclose_warning', extra)

    def _autoclose(self):
        """Close tickets nobody has gone on with; where a review is due, this asks for it.

        :raises UserError: if a team has no stage to close them in
        """
        self._set_measures({'autoclose_tried_date': fields.Datetime.now()})
        for ticket in self:
            stage = ticket.team_id._get_autoclose_stage()
            if not stage:
                raise UserError(self.env._("The team has no stage in which tickets are closed."))
            ticket.stage_id = stage
            if ticket.closed:
                ticket._message_log(
                    body=self.env._(
                        "Closed by itself after %(days)s days without a message.",
                        days=ticket.team_id.autoclose_days,
                    )
                )

    def _give_up_autoclose(self, error):
        """Leave a ticket that cannot be closed to its agent, who is told why."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._set_measures({'autoclose_tried_date': fields.Datetime.now()})
                if isinstance(error, UserError):
                    text = self.env._("The ticket could not be closed by itself: %s", error)
                else:
                    text = self.env._("The ticket could not be closed by itself.")
                self._message_log(body=text)
                self.env.flush_all()
        except Exception:
            self.env.transaction.clear()
            _logger.exception("Ticket %s can not even be left to its agent", self.id)

    # === BUSINESS METHODS: SILENCE === #

    def _get_idle_since(self):
        """Return since when nobody has gone on with the ticket."""
        self.ensure_one()
        dates = (self.create_date, self.last_message_date, self.last_stage_update)
        return max(filter(None, dates), default=False)

    @api.model
    def _is_after(self, date, idle_since):
        return bool(date and date >= idle_since.replace(microsecond=0))
