"""One run that makes 100 000 commissions due whose hold is over, beside the bare statement."""

import time

from common import header

SIDES = ('suite',)
SIZES = 'first'
HELD, AFFILIATES = 100_000, 1_000


def fill(env):
    """Put commissions on hold whose hold is over, for as many affiliates."""
    # they stay for the next round, held again: commissions can not be deleted
    env.cr.execute(
        "UPDATE referral_commission SET state = 'held', date_due = NULL"
        " WHERE reference = 'Bench' AND state = 'due'"
    )
    missing = HELD - env['referral.commission'].search_count([('reference', '=', 'Bench')])
    env.cr.execute(
        """
        WITH affiliates AS (
            SELECT id, row_number() OVER (ORDER BY id) - 1 AS place
              FROM (SELECT id FROM res_partner WHERE active AND parent_id IS NULL
                     ORDER BY id DESC LIMIT %(affiliates)s) p
        )
        INSERT INTO referral_commission (company_id, beneficiary_id, source_partner_id, level, kind,
               rate_type, rate, quantity, share, base, source_currency_id, source_amount,
               uncapped_amount, cap_percent, fx_rate, currency_id, initial_amount, amount,
               reversed_amount, state, date, hold_until, reference, source_key, create_date)
        SELECT %(company)s, a.id, a.id, 1, 'purchase', 'percent', 20, 1, 1, 1000, %(currency)s, 200,
               200, 30, 1, %(currency)s, 200, 200, 0, 'held', CURRENT_DATE - 31, CURRENT_DATE - 1,
               'Bench', 'bench,' || n, now() AT TIME ZONE 'UTC'
          FROM generate_series(1, %(missing)s) n
          JOIN affiliates a ON a.place = n %% (SELECT count(*) FROM affiliates)
        """,
        {
            'affiliates': AFFILIATES,
            'company': env.company.id,
            'currency': env.company.currency_id.id,
            'missing': missing,
        },
    )
    env.cr.commit()
    env.cr.execute('ANALYZE referral_commission')
    env.invalidate_all()


def measure(env):
    fill(env)
    start = time.perf_counter()
    env.cr.execute(
        "UPDATE referral_commission SET state = 'due', date_due = CURRENT_DATE"
        " WHERE state = 'held' AND hold_until <= CURRENT_DATE"
    )
    statement, rows = time.perf_counter() - start, env.cr.rowcount
    env.cr.rollback()
    env.invalidate_all()
    before = env.cr.sql_log_count
    start = time.perf_counter()
    # it commits, as in the scheduled action
    env['referral.commission']._cron_release()
    env.cr.flush()
    seconds = time.perf_counter() - start
    yield (
        'release',
        {
            'rows': rows,
            'left': env['referral.commission'].search_count(
                [('reference', '=', 'Bench'), ('state', '=', 'held')]
            ),
            'statement_s': statement,
            's': seconds,
            'queries': env.cr.sql_log_count - before,
        },
    )
    partner = env['referral.commission'].search([('reference', '=', 'Bench')], limit=1)
    start = time.perf_counter()
    partner.beneficiary_id._get_referral_overview()
    yield 'overview', {'ms': (time.perf_counter() - start) * 1000}


def table(results):
    [facts] = results['release']['suite'].values()
    [overview] = results['overview']['suite'].values()
    return [
        *header('commissions', 'measured', 'bare statement', 'goal'),
        f'| held → due, {facts["rows"]:,.0f} at once ({facts["left"]:,.0f} left), affiliates told '
        f'| {facts["s"]:.1f} s, {facts["queries"]:,.0f} queries | {facts["statement_s"]:.1f} s | 10 s |',
        f'| account of one affiliate | {overview["ms"]:.0f} ms | | |',
    ]
