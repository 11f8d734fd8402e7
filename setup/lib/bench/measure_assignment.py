"""Choosing one of 500 agents, and finding the region of an IP address."""

import time

from common import header, median_ms

SIDES = ('suite',)
SIZES = 'first'
ADDRESSES = (
    '202.96.209.5',
    '8.8.8.8',
    '80.58.61.250',
    '5.160.0.1',
    '2400:3200::1',
    '10.0.0.1',
    '61.139.2.69',
)


def measure(env):
    Agent = env['service.agent']
    calendars = env['resource.calendar'].search([], limit=3)
    regions = env['service.region'].search([], limit=20)
    missing = 500 - Agent.search_count([])
    users = (
        env['res.users']
        .with_context(no_reset_password=True)
        .create([{'name': f'Agent {n}', 'login': f'agent500-{n}'} for n in range(missing)])
    )
    Agent.create(
        [
            {
                'user_id': user.id,
                'presence': 'offline' if number % 3 else 'available',
                'resource_calendar_id': calendars[number % len(calendars)].id,
                'region_ids': [(6, 0, [regions[number % len(regions)].id])],
            }
            for number, user in enumerate(users)
        ]
    )
    env.flush_all()
    # what PostgreSQL does by itself some minutes later
    env.cr.execute(
        'ANALYZE service_agent, service_agent_service_region_rel, res_users, resource_resource'
    )
    request = {
        'res_model': 'helpdesk.ticket',
        'res_id': 0,
        'method': 'balanced',
        'agents': None,
        'partner': env['res.partner'].search([('name', 'like', 'Bench customer')], limit=1),
        'region': env['service.region'].search([('code', '=', 'CN-EAST')]),
        'skills': env['service.skill'],
        'use_own_agent': True,
        'use_region': True,
        'use_skills': False,
        'leader': Agent,
        'company': env.company,
    }
    for count, rounds in ((1, 15), (100, 3)):

        def choose(count=count):
            Agent._choose([dict(request) for _ in range(count)])
            env.cr.flush()

        facts = median_ms(env, choose, rounds)
        yield f'choose {count}', {'ms': facts['ms'] / count, 'queries': facts['queries']}

    from odoo.addons.aftercare_region.tools import ip_table

    ip_table.lookup(ADDRESSES[0])
    start = time.perf_counter()
    for _ in range(2000):
        for address in ADDRESSES:
            ip_table.lookup(address)
    yield 'lookup', {'us': (time.perf_counter() - start) / 2000 / len(ADDRESSES) * 1e6}
    start = time.perf_counter()
    for _ in range(200):
        env['service.region'].find_by_ip(ADDRESSES[0])
    yield 'find_by_ip', {'us': (time.perf_counter() - start) / 200 * 1e6}


def table(results):
    facts = {name: next(iter(sides['suite'].values())) for name, sides in results.items()}
    one, many = facts['choose 1'], facts['choose 100']
    return [
        *header('in process', 'measured', 'goal'),
        f'| choosing one of 500 agents and writing down why | {one["ms"]:.1f} ms, {one["queries"]:.0f} queries | 20 ms |',
        f'| the same for 100 requests at once, each | {many["ms"]:.1f} ms, {many["queries"]:.0f} queries in all | |',
        f'| IP address to country and province | {facts["lookup"]["us"]:.1f} µs | 50 µs |',
        f'| IP address to region record | {facts["find_by_ip"]["us"]:.0f} µs | |',
    ]
