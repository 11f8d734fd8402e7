# Choosing one of 500 agents, and an IP address' region.
# ruff: noqa: F821
from odoo.addons.aftercare_region.tools import ip_table

Agent = env['service.agent']
have = Agent.search_count([])
users = (
    env['res.users']
    .with_context(no_reset_password=True)
    .create([{'name': f'Agent {n}', 'login': f'agent500-{n}'} for n in range(500 - have)])
)
Agent.create([{'user_id': user.id, 'presence': 'available'} for user in users])
env.flush_all()
partner = env['res.partner'].search([('name', 'like', 'Bench customer')], limit=1)
request = {
    'res_model': 'helpdesk.ticket',
    'res_id': 0,
    'method': 'balanced',
    'agents': None,
    'partner': partner,
    'region': env['service.region'].search([('code', '=', 'CN-EAST')]),
    'skills': env['service.skill'],
    'use_own_agent': True,
    'use_region': True,
    'use_skills': False,
    'leader': Agent,
    'company': env.company,
}
ms, queries = median_ms(lambda: Agent._choose([request], dry_run=True), rounds=15, warm=3)
report(agents=Agent.search_count([]), choose_ms=ms, queries=queries)
ms, queries = median_ms(lambda: Agent._choose([request] * 100, dry_run=True), rounds=3, warm=1)
report(agents=500, requests=100, choose_ms=ms / 100, queries=queries)

addresses = [
    '202.96.209.5',
    '8.8.8.8',
    '80.58.61.250',
    '5.160.0.1',
    '2400:3200::1',
    '10.0.0.1',
    '61.139.2.69',
]
ip_table.lookup(addresses[0])
start = time.perf_counter()
for _ in range(3000):
    for address in addresses:
        ip_table.lookup(address)
report(lookup_us=(time.perf_counter() - start) / 3000 / len(addresses) * 1e6)
start = time.perf_counter()
for _ in range(100):
    env['service.region'].find_by_ip('202.96.209.5')
report(find_by_ip_us=(time.perf_counter() - start) / 100 * 1e6)
env.cr.rollback()
