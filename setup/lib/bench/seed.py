"""Fills helpdesk.ticket by plain SQL, spread over three years.

One in twenty is open, up to 5,000: a million in three years are a thousand a day, so that is the work of five days. The
first hundred are open as well, so that the columns of the kanban are full with any number.
"""

USUAL = 100_000
TURN = ('reply_state', 'waiting_since')
IS_OPEN = f'(n <= 100 OR n %% 20 = 0 AND n <= {USUAL})'


def fill(env, size):
    """Add tickets until there are `size` of them, and a running clock for each open one."""
    columns = _get_columns(env, IS_OPEN)
    have = env['helpdesk.ticket'].with_context(active_test=False).search_count([])
    if have >= size:
        return
    env.flush_all()
    indexes = _drop_indexes(env, 'helpdesk_ticket') if size - have > 50_000 else []
    # foreign keys are right by construction
    env.cr.execute('SET LOCAL session_replication_role = replica')
    env.cr.execute(
        f'INSERT INTO helpdesk_ticket ({", ".join(columns)}) '
        f'SELECT {", ".join(columns.values())} FROM generate_series(%s, %s) n',
        [have + 1, size],
    )
    for definition in indexes:
        env.cr.execute(definition)
    _finish(env)


def reopen(env):
    """Open one ticket in twenty, however many there are."""
    columns = {
        name: value
        for name, value in _get_columns(env, 'TRUE').items()
        if 'stage' in name or name.startswith(('closed', 'sla_')) or name in TURN
    }
    env.cr.execute(
        f'UPDATE helpdesk_ticket t SET ({", ".join(columns)}) = ROW({", ".join(columns.values())}) '
        'FROM (SELECT id, substr(number, 3)::int AS n FROM helpdesk_ticket) numbered '
        'WHERE t.id = numbered.id AND n %% 20 = 0 AND n > %s',
        [USUAL],
    )
    _finish(env)


def _get_columns(env, is_open):
    """Return {column: SQL of its value for the ticket with number n}."""
    team, users, partners = _get_basis(env)
    stages = env['helpdesk.ticket.stage'].search([])
    closed, opened = stages.filtered('closed')[:1], stages.filtered(lambda s: not s.closed)
    day = "(n %% 1000) * interval '26 hours'"
    now = "now() AT TIME ZONE 'UTC'"
    columns = {
        'number': "'HT' || lpad(n::text, 8, '0')",
        'name': "(ARRAY['Cannot sign in', 'Invoice is wrong', 'Printer offline', 'Slow page', "
        "'Move the licence'])[1 + n %% 5] || ' at ' || (ARRAY['home', 'the office in Shanghai', "
        "'our shop', 'a customer', 'the airport', 'the warehouse', 'school'])[1 + n %% 7] || ', ' "
        '|| substr(md5(n::text), 1, 7)',
        'description': "'<p>' || repeat(md5(n::text) || ' ', 6) || '</p>'",
        'team_id': str(team.id),
        'stage_id': f'CASE WHEN {is_open} THEN '
        f'(ARRAY{opened.ids})[1 + (n / 20 + n %% 20) %% {len(opened)}] ELSE {closed.id} END',
        'user_id': f'(ARRAY{users.ids})[1 + (n / 7) %% {len(users)}]',
        'partner_id': f'(ARRAY{partners.ids})[1 + n %% {len(partners)}]',
        'commercial_partner_id': f'(ARRAY{partners.ids})[1 + n %% {len(partners)}]',
        'partner_name': "'Bench customer'",
        'partner_email': "'c@example.com'",
        'company_id': str(env.company.id),
        'priority': "(ARRAY['0', '0', '0', '1', '1', '2', '3'])[1 + n %% 7]",
        'sequence': '10',
        'active': 'TRUE',
        'unattended': 'n %% 100 = 0',
        'create_date': f"{now} - {day} - interval '1 minute'",
        'write_date': now,
        'create_uid': '1',
        'write_uid': '1',
        'last_stage_update': now,
        'closed_date': f"CASE WHEN NOT {is_open} THEN {now} - (n %% 1000) * interval '25 hours' END",
        'closed': f'NOT {is_open}',
        'is_cancelled': 'FALSE',
        'reply_state': f"CASE WHEN {is_open} THEN (ARRAY['us', 'customer'])[1 + (n / 20) %% 2] END",
        'waiting_since': f"CASE WHEN {is_open} AND (n / 20) %% 2 = 0 "
        f"THEN {now} - (n %% 1600) * interval '1 minute' END",
        'rating_status': "'stage_change'",
        'rating_last_value': '0',
        'positive_rate_percentage': '-1',
        'sla_deadline': f"CASE WHEN {is_open} THEN {now} "
        f"+ ((n / 20 + n %% 20 * 10) %% 200 - 20) * interval '1 hour' END",
        'sla_state': f"CASE WHEN {is_open} THEN 'ongoing' END",
    }
    fields = env['helpdesk.ticket']._fields
    return {name: value for name, value in columns.items() if name in fields and fields[name].store}


def _finish(env):
    """Start the clocks, and leave the tables as they are on a server that has time."""
    if 'sla.status' in env:
        _fill_clocks(env)
    env.cr.commit()
    _vacuum(env, 'helpdesk_ticket', *(['sla_status'] if 'sla.status' in env else []))


def _get_basis(env):
    """Return a team, its members and its customers; made the first time."""
    Users = env['res.users'].with_context(no_reset_password=True)
    team = env['helpdesk.ticket.team'].search([('name', '=', 'Bench')])
    if not team:
        group = env.ref('helpdesk_mgmt.group_helpdesk_manager')
        users = Users.create(
            [
                {
                    'name': f'Bench {n}',
                    'login': f'bench{n}',
                    'email': f'bench{n}@example.com',
                    'group_ids': [(4, group.id)],
                }
                for n in range(10)
            ]
        )
        team = env['helpdesk.ticket.team'].create({'name': 'Bench', 'user_ids': users.ids})
        env['res.partner'].create(
            [
                {'name': f'Bench customer {n}', 'email': f'bench-customer-{n}@example.com'}
                for n in range(500)
            ]
        )
        if 'sla.policy' in env:
            env['sla.policy'].create(
                [
                    {
                        'name': 'Bench',
                        'res_model': 'helpdesk.ticket',
                        'target': 'first_response',
                        'duration_hours': 8,
                    },
                    {
                        'name': 'Bench closed',
                        'res_model': 'helpdesk.ticket',
                        'target': 'closed',
                        'duration_hours': 24,
                    },
                ]
            )
    customers = env['res.partner'].search([('name', 'like', 'Bench customer')])
    return team, team.user_ids, customers


def _fill_clocks(env):
    policy = env['sla.policy'].search([('name', '=', 'Bench')])
    env.cr.execute(
        """
        INSERT INTO sla_status (policy_id, company_id, res_model, res_id, ticket_id, state,
               time_basis, calendar_id, start_date, clock_date, is_running, is_warned,
               target_seconds, warning_seconds, worked_seconds, log_position, deadline, next_check)
        SELECT %s, company_id, 'helpdesk.ticket', id, id, 'ongoing', 'elapsed', %s, create_date,
               create_date, TRUE, FALSE, 28800, 0, 0, 1, sla_deadline, sla_deadline
          FROM helpdesk_ticket t WHERE NOT closed
           AND NOT EXISTS (SELECT FROM sla_status s WHERE s.ticket_id = t.id)
        """,
        [policy.id, env.company.resource_calendar_id.id],
    )


def _vacuum(env, *tables):
    """Do at once what PostgreSQL does by itself some minutes later."""
    connection = env.cr._cnx
    connection.autocommit = True
    for table in tables:
        env.cr.execute(f'VACUUM ANALYZE {table}')
    connection.autocommit = False


def _drop_indexes(env, table):
    """Drop the indexes that slow a large load down; return the statements that make them again."""
    env.cr.execute(
        """
        SELECT c.relname, pg_get_indexdef(i.indexrelid)
          FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE i.indrelid = %s::regclass AND NOT i.indisunique
        """,
        [table],
    )
    rows = env.cr.fetchall()
    for name, _definition in rows:
        env.cr.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in rows]
