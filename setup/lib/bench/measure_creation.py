"""Creating tickets one by one and in batches, with assignment, deadlines and notifications."""

from common import as_agent, header, median_ms

SIDES = ('upstream', 'suite')
SIZES = 'middle'


def prepare(env):
    """Switch on, in the suite, all that happens to a new ticket."""
    team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
    if 'service.agent' not in env:
        return
    team.write({'assignment_method': 'balanced', 'assign_own_agent': True, 'assign_region': True})
    users = team.user_ids - env['service.agent'].search([]).user_id
    env['service.agent'].create(
        [{'user_id': user.id, 'presence': 'available', 'max_open_tickets': 0} for user in users]
    )


def measure(env):
    env = as_agent(env)
    team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
    partners = env['res.partner'].search([('name', 'like', 'Bench customer')])

    def create(count):
        env['helpdesk.ticket'].create(
            [
                {
                    'name': f'Bench ticket {number}',
                    'description': '<p>It does not work.</p>',
                    'team_id': team.id,
                    'user_id': False,
                    'partner_id': partners[number % len(partners)].id,
                    'priority': str(number % 4),
                }
                for number in range(count)
            ]
        )
        # what a commit does first
        env.cr.flush()

    for count, rounds, warm in ((1, 21, 3), (100, 3, 1), (1000, 1, 0)):
        facts = median_ms(env, lambda n=count: create(n), rounds, warm)
        yield f'{count:,}', {'ms': facts['ms'] / count, 'queries': facts['queries']}


def table(results):
    lines = header(
        'tickets created at once: ms each (queries in all)', 'helpdesk_mgmt alone', 'suite', 'ratio'
    )
    for name, sides in results.items():
        [upstream], [suite] = sides['upstream'].values(), sides['suite'].values()
        lines.append(
            f'| {name} | {upstream["ms"]:.1f} ({upstream["queries"]:.0f}) '
            f'| {suite["ms"]:.1f} ({suite["queries"]:.0f}) | {suite["ms"] / upstream["ms"]:.2f}× |'
        )
    queries = {
        name: next(iter(sides['suite'].values()))['queries'] for name, sides in results.items()
    }
    lines += [
        '',
        f'A batch of 100 costs {queries["100"] - queries["1"]:+.0f} queries more than a single ticket '
        '(goal: at most 25), each ticket at most twice what it costs upstream.',
    ]
    return lines
