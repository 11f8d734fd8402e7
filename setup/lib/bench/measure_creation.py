# Creating tickets one by one and in batches, as the server does it for the web form.
# ruff: noqa: F821
team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
partners = env['res.partner'].search([('name', 'like', 'Bench customer')])
full = 'assignment_method' in team._fields
if full and PARAMETERS.get('prepare'):
    team.write({'assignment_method': 'balanced', 'assign_own_agent': True, 'assign_region': True})
    Agent = env['service.agent']
    have = Agent.search([]).user_id
    Agent.create(
        [
            {'user_id': user.id, 'presence': 'available', 'max_open_tickets': 0}
            for user in team.user_ids - have
        ]
    )
    if 'sla.policy' in env and not env['sla.policy'].search([('name', 'like', 'Bench')]):
        for number, target in enumerate(('first_response', 'stage')):
            values = {
                'name': f'Bench {number}',
                'res_model': 'helpdesk.ticket',
                'target': target,
                'duration_hours': 8,
            }
            if target == 'stage':
                closed = env['helpdesk.ticket.stage'].search([('closed', '=', True)], limit=1)
                values['target_stage_id'] = closed.id
            env['sla.policy'].create(values)
    env.cr.commit()


def make(count):
    def action():
        env['helpdesk.ticket'].create(
            [
                {
                    'name': f'Bench ticket {number}',
                    'description': '<p>It does not work.</p>',
                    'team_id': team.id,
                    'partner_id': partners[number % len(partners)].id,
                    'priority': str(number % 4),
                }
                for number in range(count)
            ]
        )
        env.flush_all()

    return action


for count, rounds in ((1, 15), (100, 5), (1000, 1)):
    ms, queries = median_ms(make(count), rounds=rounds, warm=2 if count < 1000 else 0)
    report(batch=count, ms_per_ticket=ms / count, queries=queries)
env.cr.rollback()
