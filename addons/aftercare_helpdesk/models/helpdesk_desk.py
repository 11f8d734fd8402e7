from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.addons.rating.models import rating_data
from odoo.fields import Domain

CHART_DAYS = 14
RATING_DAYS = 30
ROWS = 8
URGENT = ('2', '3')


class HelpdeskDesk(models.AbstractModel):
    """What a supervisor looks at all day: who waits, who works, what came in."""

    _name = 'helpdesk.desk'
    _description = "Helpdesk Desk"

    # === BUSINESS METHODS === #

    @api.model
    @api.readonly
    def get_data(self, team_id=False):
        """Return all that the desk shows, as far as the user may see it.

        The number of queries does not depend on the number of tickets, teams or agents, and each
        of them reads open tickets or those of the last days only.

        :param int team_id: show one team only
        :return: dict, see the methods that build its parts
        """
        self.env['helpdesk.ticket'].check_access('read')
        desk = self.with_context(tz=self.env.user.tz or 'UTC')
        domain = Domain('team_id', '=', team_id) if team_id else Domain.TRUE
        load = desk._get_load(domain)
        days = desk._get_days(domain)
        ratings = desk._get_ratings(domain)
        arrivals, waiting = desk._get_tickets(domain)
        return {
            'team_id': team_id,
            'counters': desk._get_counters(domain, load, days, ratings),
            'teams': desk._get_teams(load),
            'agents': desk._get_agents(team_id, load, days, ratings),
            'days': desk._get_chart(days),
            'arrivals': desk._get_rows(arrivals),
            'waiting': desk._get_rows(waiting),
            'is_empty': not load and not arrivals,
            'is_manager': self.env.user.has_group('helpdesk_mgmt.group_helpdesk_manager'),
        }

    # --- what is counted ---

    @api.model
    def _get_load(self, domain):
        """Return the numbers of open tickets by all that is counted.

        In the order of the index, so that PostgreSQL need not sort or hash.

        :return: list of tuples (user, team, reply state, priority, count)
        """
        return self.env['helpdesk.ticket']._read_group(
            domain & Domain('closed', '=', False),
            ['user_id', 'team_id', 'reply_state', 'priority'],
            ['__count'],
        )

    @api.model
    def _get_days(self, domain):
        """Return what came in and what was closed on each of the last days.

        :return: tuple of two Counters: day → created, (day, user) → closed
        """
        start = fields.Datetime.to_string(self._get_day_start(CHART_DAYS - 1))
        Ticket = self.env['helpdesk.ticket']
        created = Ticket._read_group(
            domain & Domain('create_date', '>=', start), ['create_date:day'], ['__count']
        )
        closed = Ticket._read_group(
            domain & Domain('closed_date', '>=', start),
            ['closed_date:day', 'user_id'],
            ['__count'],
        )
        return (
            Counter({moment.date(): count for moment, count in created}),
            Counter({(moment.date(), user): count for moment, user, count in closed}),
        )

    @api.model
    def _get_day_start(self, days_ago=0):
        """Return the moment (naive UTC) a day of the user began."""
        zone = pytz.timezone(self.env.context['tz'])
        day = fields.Date.context_today(self) - timedelta(days=days_ago)
        midnight = zone.localize(datetime.combine(day, time()))
        return midnight.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_ratings(self, domain):
        """Return the ratings of the last weeks: dict of rated partner → (sum, count)."""
        since = fields.Datetime.now() - timedelta(days=RATING_DAYS)
        rating_domain = Domain(
            [
                ('res_model', '=', 'helpdesk.ticket'),
                ('consumed', '=', True),
                ('rated_on', '>=', since),
                ('rating', '>=', rating_data.RATING_LIMIT_MIN),
            ]
        )
        if not domain.is_true():
            rating_domain &= Domain('res_id', 'in', self.env['helpdesk.ticket']._search(domain))
        # sudo: rating.rating - averages only, of the tickets the user may see
        rows = (
            self.env['rating.rating']
            .sudo()
            ._read_group(rating_domain, ['rated_partner_id'], ['rating:sum', '__count'])
        )
        return {partner: (total, count) for partner, total, count in rows}

    @api.model
    def _get_tickets(self, domain):
        """Return the newest open tickets, and those whose customers wait longest."""
        domain &= Domain('closed', '=', False)
        Ticket = self.env['helpdesk.ticket']
        names = self._get_row_fields()
        arrivals = Ticket.search_fetch(domain, names, order='id desc', limit=ROWS)
        waiting = Ticket.search_fetch(
            domain & Domain('waiting_since', '!=', False),
            names,
            order='waiting_since, id',
            limit=ROWS,
        )
        return arrivals, waiting

    # --- what is shown ---

    @api.model
    def _get_counters(self, domain, load, days, ratings):
        """Return the tiles at the top, in order. Addons add theirs.

        :return: list of dicts: ``key``, ``label``, ``value``, ``icon``, ``tone`` (a Bootstrap
            colour, shown when there is something to count) and ``domain`` of the tickets behind
        """
        is_open = domain & Domain('closed', '=', False)
        today = self._get_day_start()
        closed_today = sum(
            count
            for (day, _user), count in days[1].items()
            if day == fields.Date.context_today(self)
        )
        return [
            {
                'key': 'unassigned',
                'label': self.env._("Unassigned"),
                'value': sum(row[-1] for row in load if not row[0]),
                'icon': 'fa-user-times',
                'tone': 'danger',
                'domain': list(is_open & Domain('user_id', '=', False)),
            },
            {
                'key': 'needs_answer',
                'label': self.env._("Need answer"),
                'value': sum(row[-1] for row in load if row[2] == 'us'),
                'icon': 'fa-commenting-o',
                'tone': 'warning',
                'domain': list(is_open & Domain('reply_state', '=', 'us')),
            },
            {
                'key': 'urgent',
                'label': self.env._("Urgent"),
                'value': sum(row[-1] for row in load if row[3] in URGENT),
                'icon': 'fa-bolt',
                'tone': 'danger',
                'domain': list(is_open & Domain('priority', 'in', URGENT)),
            },
            {
                'key': 'open',
                'label': self.env._("Open"),
                'value': sum(row[-1] for row in load),
                'icon': 'fa-inbox',
                'tone': 'info',
                'domain': list(is_open),
            },
            {
                'key': 'closed_today',
                'label': self.env._("Closed today"),
                'value': closed_today,
                'icon': 'fa-check',
                'tone': 'success',
                'domain': list(
                    domain & Domain('closed_date', '>=', fields.Datetime.to_string(today))
                ),
            },
            self._get_rating_counter(domain, ratings),
        ]

    @api.model
    def _get_rating_counter(self, domain, ratings):
        """Return the tile that tells how the customers feel."""
        total = sum(total for total, _count in ratings.values())
        count = sum(count for _total, count in ratings.values())
        grade = rating_data._rating_avg_to_text(total / count if count else 0)
        look = {
            'top': ('fa-smile-o', 'success'),
            'ok': ('fa-meh-o', 'warning'),
            'ko': ('fa-frown-o', 'danger'),
            'none': ('fa-smile-o', 'secondary'),
        }
        icon, tone = look[grade]
        return {
            'key': 'rating',
            'label': dict(
                self.env['helpdesk.ticket.team']
                ._fields['rating_avg_text']
                ._description_selection(self.env)
            )[grade],
            'value': f'{total / count:.1f}' if count else '–',
            'icon': icon,
            'tone': tone,
            'hint': self.env._(
                "%(count)s ratings of the last %(days)s days", count=count, days=RATING_DAYS
            ),
            'action': 'helpdesk_mgmt_rating.all_helpdesk_ticket_rating_action',
        }

    @api.model
    def _get_teams(self, load):
        """Return the teams the user may see, with their open tickets."""
        teams = self.env['helpdesk.ticket.team'].search_fetch([], ['name', 'color'])
        counts = self._count_load(load, 1)
        return [
            {'id': team.id, 'name': team.name, 'color': team.color, **counts[team]}
            for team in teams
        ]

    @api.model
    def _get_agents(self, team_id, load, days, ratings):
        """Return the agents with their presence and their work, the busiest first."""
        counts = self._count_load(load, 0)
        domain = Domain('user_id', 'in', [user.id for user in counts if user])
        if team_id:
            domain |= Domain('user_id.helpdesk_team_ids', 'in', [team_id])
        else:
            domain |= Domain('user_id.helpdesk_team_ids', '!=', False)
        agents = self.env['service.agent'].search_fetch(
            domain & Domain('company_id', 'in', self.env.companies.ids),
            ['name', 'user_id', 'presence', 'max_open_tickets', 'partner_id'],
        )
        today = fields.Date.context_today(self)
        rows = []
        for agent in agents:
            user = agent.user_id
            total, count = ratings.get(user.sudo().partner_id, (0, 0))
            rows.append(
                {
                    'id': agent.id,
                    'user_id': user.id,
                    'name': agent.name,
                    'presence': agent.presence,
                    'capacity': agent.max_open_tickets,
                    'closed_today': days[1][today, user],
                    'rating': rating_data._rating_avg_to_text(total / count if count else 0),
                    'rating_avg': round(total / count, 1) if count else 0,
                    **counts[user],
                }
            )
        return sorted(rows, key=lambda row: (-row['open'], row['name']))

    @api.model
    def _count_load(self, load, column):
        """Sum the open tickets up by one column of the load.

        :return: dict of record → dict with ``open``, ``unassigned``, ``needs_answer``, ``urgent``
        """
        result = defaultdict(lambda: {'open': 0, 'unassigned': 0, 'needs_answer': 0, 'urgent': 0})
        for row in load:
            user, _team, reply_state, priority, count = row
            counts = result[row[column]]
            counts['open'] += count
            counts['unassigned'] += 0 if user else count
            counts['needs_answer'] += count if reply_state == 'us' else 0
            counts['urgent'] += count if priority in URGENT else 0
        return result

    @api.model
    def _get_chart(self, days):
        """Return what came in and what was closed on each of the last days, oldest first."""
        created, closed = days
        closed_by_day = Counter()
        for (day, _user), count in closed.items():
            closed_by_day[day] += count
        today = fields.Date.context_today(self)
        dates = [today - timedelta(days=ago) for ago in reversed(range(CHART_DAYS))]
        return [
            {
                'date': fields.Date.to_string(day),
                'created': created[day],
                'closed': closed_by_day[day],
            }
            for day in dates
        ]

    @api.model
    def _get_row_fields(self):
        """Return the names of the fields the rows are made of. Addons add theirs."""
        return [
            'number',
            'name',
            'priority',
            'partner_id',
            'partner_name',
            'user_id',
            'team_id',
            'reply_state',
            'create_date',
            'waiting_since',
        ]

    @api.model
    def _get_rows(self, tickets):
        """Return the tickets as dicts for the lists of the desk. Addons add to them."""
        # sudo: res.partner, res.users - names only, of tickets the user may see
        return [
            {
                'id': ticket.id,
                'number': ticket.number,
                'name': ticket.name,
                'priority': ticket.priority,
                'partner_id': ticket.partner_id.id,
                'partner': ticket.partner_name or ticket.partner_id.sudo().name or '',
                'user_id': ticket.user_id.id,
                'user': ticket.user_id.sudo().name or '',
                'team': ticket.team_id.sudo().name or '',
                'reply_state': ticket.reply_state,
                'create_date': fields.Datetime.to_string(ticket.create_date),
                'waiting_since': fields.Datetime.to_string(ticket.waiting_since),
            }
            for ticket in tickets
        ]
