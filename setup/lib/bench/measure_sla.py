"""One run of the deadlines' scheduled action over 100 000 open promises of which 1 000 are due."""

import statistics
import time

from common import header

SIDES = ('suite',)
SIZES = 'last'
OPEN, DUE = 100_000, 1_000


def fill(env):
    """Put a running clock on open tickets, and on others where there are not enough."""
    policy = env['sla.policy'].search([('name', '=', 'Bench')], limit=1)
    calendar = env.company.resource_calendar_id
    env.cr.execute('DELETE FROM sla_status')
    env.cr.execute(
        """
        INSERT INTO sla_status (policy_id, company_id, res_model, res_id, ticket_id, state,
               time_basis, calendar_id, start_date, clock_date, is_running, is_warned,
               target_seconds, warning_seconds, worked_seconds, log_position, deadline, next_check)
        SELECT %s, t.company_id, 'helpdesk.ticket', t.id, t.id, 'ongoing',
               'elapsed', %s, m.start, m.start, TRUE, FALSE,
               28800, 0, 0, 1, m.start + interval '8 hours', m.start + interval '8 hours'
          FROM (SELECT id, company_id, row_number() OVER () AS place
                  FROM (SELECT id, company_id FROM helpdesk_ticket
                         ORDER BY closed NULLS FIRST, id LIMIT %s) f) t
         CROSS JOIN LATERAL (SELECT now() AT TIME ZONE 'UTC'
               - CASE WHEN place <= %s THEN interval '9 hours' ELSE interval '1 hour' END AS start) m
        """,
        [policy.id, calendar.id, OPEN, DUE],
    )
    rows = env.cr.rowcount
    env.cr.commit()
    env.cr.execute('ANALYZE sla_status')
    env.invalidate_all()
    return rows


def measure(env):
    rows = fill(env)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        env.cr.execute("SELECT id FROM sla_status WHERE next_check < now() AT TIME ZONE 'UTC'")
        due = len(env.cr.fetchall())
        times.append((time.perf_counter() - start) * 1000)
    before = env.cr.sql_log_count
    start = time.perf_counter()
    # it commits, as in the scheduled action
    env['sla.status']._cron_run()
    env.cr.flush()
    seconds = time.perf_counter() - start
    queries = env.cr.sql_log_count - before
    failed = env['sla.status'].search_count([('state', '=', 'failed')])
    yield (
        'run',
        {
            'open': rows,
            'due': due,
            'failed': failed,
            'statement_ms': statistics.median(times),
            's': seconds,
            'queries': queries,
        },
    )


def table(results):
    [facts] = results['run']['suite'].values()
    return [
        *header('deadlines', 'measured', 'goal'),
        f'| a run over {facts["open"]:,.0f} open promises: {facts["failed"]:,.0f} missed, each told and noted '
        f'| {facts["s"]:.1f} s, {facts["queries"]:,.0f} queries | 5 s |',
        f'| the statement that finds them | {facts["statement_ms"]:.1f} ms | |',
    ]
