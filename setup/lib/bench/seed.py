# Fills helpdesk.ticket with SIZE rows by plain SQL: one in twenty open, spread over three years.
# ruff: noqa: F821
SIZE = int(PARAMETERS['size'])
cr = env.cr
team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')], limit=1)
users = env['res.users'].with_context(no_reset_password=True).search([('login', 'like', 'bench%')])
if not team:
    users = (
        env['res.users']
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    'name': f'Bench {n}',
                    'login': f'bench{n}',
                    'email': f'bench{n}@example.com',
                    'group_ids': [(4, env.ref('helpdesk_mgmt.group_helpdesk_manager').id)],
                }
                for n in range(10)
            ]
        )
    )
    team = env['helpdesk.ticket.team'].create({'name': 'Bench', 'user_ids': [(6, 0, users.ids)]})
    env['res.partner'].create(
        [{'name': f'Bench customer {n}', 'email': f'c{n}@example.com'} for n in range(500)]
    )
partners = env['res.partner'].search([('name', 'like', 'Bench customer')])
stages = env['helpdesk.ticket.stage'].search([])
closed = stages.filtered('closed')[:1]
opened = stages.filtered(lambda stage: not stage.closed)
have = env['helpdesk.ticket'].with_context(active_test=False).search_count([])
env.flush_all()
columns = {
    'number': "'HT' || lpad(n::text, 8, '0')",
    'name': "(ARRAY['Cannot sign in','Invoice is wrong','Printer offline','Slow page','Move the licence'])"
    "[1 + n %% 5] || ' ' || md5(n::text)",
    'description': "'<p>' || repeat(md5(n::text) || ' ', 6) || '</p>'",
    'team_id': str(team.id),
    'stage_id': f'CASE WHEN n %% 20 = 0 THEN (ARRAY{opened.ids})[1 + (n / 20) %% {len(opened)}] ELSE {closed.id} END',
    'user_id': f'(ARRAY{users.ids})[1 + n %% {len(users)}]',
    'partner_id': f'(ARRAY{partners.ids})[1 + n %% {len(partners)}]',
    'commercial_partner_id': f'(ARRAY{partners.ids})[1 + n %% {len(partners)}]',
    'partner_name': "'Bench customer'",
    'partner_email': "'c@example.com'",
    'company_id': str(env.company.id),
    'priority': "(ARRAY['0','0','0','1','1','2','3'])[1 + n %% 7]",
    'sequence': '10',
    'active': 'TRUE',
    'unattended': 'n %% 100 = 0',
    'create_date': "now() at time zone 'UTC' - (n %% 1000) * interval '26 hours' - interval '1 minute'",
    'write_date': "now() at time zone 'UTC'",
    'create_uid': '1',
    'write_uid': '1',
    'last_stage_update': "now() at time zone 'UTC'",
    'closed_date': "CASE WHEN n %% 20 = 0 THEN NULL ELSE now() at time zone 'UTC' - (n %% 1000) * interval '25 hours' END",
    'closed': 'n %% 20 <> 0',
    'is_cancelled': 'FALSE',
    'reply_state': "CASE WHEN n %% 20 = 0 THEN 'us' END",
    'waiting_since': "CASE WHEN n %% 20 = 0 THEN now() at time zone 'UTC' - (n %% 100) * interval '1 hour' END",
    'rating_status': "'stage_change'",
    'rating_last_value': '0',
    'positive_rate_percentage': '-1',
    'sla_deadline': "CASE WHEN n %% 20 = 0 THEN now() at time zone 'UTC' + ((n / 20) %% 200 - 20) * interval '1 hour' END",
    'sla_state': "CASE WHEN n %% 20 = 0 THEN 'ongoing' END",
}
present = [
    name
    for name in columns
    if name in env['helpdesk.ticket']._fields and env['helpdesk.ticket']._fields[name].store
]
if have < SIZE:
    cr.execute(
        f'INSERT INTO helpdesk_ticket ({", ".join(present)}) '
        f'SELECT {", ".join(columns[name] for name in present)} FROM generate_series(%s, %s) n',
        [have + 1, SIZE],
    )
    env.cr.commit()
    cr.execute('ANALYZE helpdesk_ticket')
    env.cr.commit()
report(seeded=SIZE)
