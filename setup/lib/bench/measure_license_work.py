"""Licences of 1 000 orders paid at once, and a run of the scheduled action with 1 000 due of all.

There are as many licences as tickets, as in measure_license.
"""

import statistics
import time

import license_seed
from common import header

SIDES = ('suite',)
SIZES = 'last'
ORDERS = DUE = 1_000


def prepare(env):
    license_seed.fill(env, max(1_000, _count(env, 'helpdesk_ticket')))
    provider = env['payment.provider'].search([('code', '=', 'demo')], limit=1)
    provider.state = 'test'


def measure(env):
    yield 'issue', _issue(env)
    env.cr.rollback()
    env.invalidate_all()
    yield 'run', _run(env)


def _count(env, table):
    env.cr.execute(f'SELECT count(*) FROM {table}')
    return env.cr.fetchone()[0]


def _issue(env):
    """Pay confirmed orders in one go, as when a provider's late notifications arrive together."""
    product = env['product.product'].search([('license_code', '=', 'bench')], limit=1)
    partner = env['res.partner'].search([('name', '=', 'Bench licences')], limit=1)
    provider = env['payment.provider'].search([('code', '=', 'demo')], limit=1)
    orders = env['sale.order'].create(
        [
            {
                'partner_id': partner.id,
                'order_line': [
                    (
                        0,
                        0,
                        {
                            'product_id': product.id,
                            'price_unit': 10,
                            'license_domain': f'issue-{number}.example.com',
                        },
                    )
                ],
            }
            for number in range(ORDERS)
        ]
    )
    orders.action_confirm()
    transactions = env['payment.transaction'].create(
        [
            {
                'provider_id': provider.id,
                'payment_method_id': provider.payment_method_ids[:1].id,
                'amount': order.amount_total,
                'currency_id': order.currency_id.id,
                'partner_id': partner.id,
                'sale_order_ids': order.ids,
                'operation': 'online_direct',
                'reference': f'BENCH{order.id}',
            }
            for order in orders
        ]
    )
    env.flush_all()
    before, start = env.cr.sql_log_count, time.perf_counter()
    transactions._set_done()
    env.flush_all()
    seconds = time.perf_counter() - start
    return {
        'orders': len(orders),
        'issued': len(orders.order_line.license_ids),
        's': seconds,
        'queries': env.cr.sql_log_count - before,
    }


def _run(env):
    env.cr.execute(
        """
        UPDATE software_license
           SET date_expiry = now() AT TIME ZONE 'UTC' + interval '29 days',
               next_check_date = now() AT TIME ZONE 'UTC' - interval '1 minute',
               last_reminder = -10000
         WHERE id IN (SELECT id FROM software_license ORDER BY id LIMIT %s)
        """,
        [DUE],
    )
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute('VACUUM ANALYZE software_license')
    env.cr._cnx.autocommit = False
    times = []
    for _ in range(5):
        start = time.perf_counter()
        env.cr.execute(
            "SELECT id FROM software_license WHERE next_check_date <= now() AT TIME ZONE 'UTC'"
        )
        due = len(env.cr.fetchall())
        times.append((time.perf_counter() - start) * 1000)
    before, start = env.cr.sql_log_count, time.perf_counter()
    # it commits, as in the scheduled action
    env['software.license']._cron_run()
    env.cr.flush()
    return {
        'licenses': _count(env, 'software_license'),
        'due': due,
        's': time.perf_counter() - start,
        'queries': env.cr.sql_log_count - before,
        'statement_ms': statistics.median(times),
    }


def table(results):
    [issue] = results['issue']['suite'].values()
    [run] = results['run']['suite'].values()
    return [
        *header('licences', 'measured', 'goal'),
        f'| {issue["orders"]:,.0f} orders paid at once: {issue["issued"]:,.0f} licences issued '
        f'| {issue["s"]:.1f} s, {issue["queries"]:,.0f} queries | |',
        f'| a run over {run["licenses"]:,.0f} licences of which {run["due"]:,.0f} are due '
        f'| {run["s"]:.1f} s, {run["queries"]:,.0f} queries | seconds |',
        f'| the statement that finds them | {run["statement_ms"]:.1f} ms | |',
    ]
