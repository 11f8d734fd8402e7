# One run of the deadlines' scheduled action over 100 000 open tickets of which 1 000 are due,
# against the one SQL statement that finds the due ones.
# ruff: noqa: F821
OPEN, DUE = 100_000, 1_000
policy = env['sla.policy'].search([('name', 'like', 'Bench')], limit=1)
env.cr.execute('DELETE FROM sla_status')
names = {
    'policy_id': str(policy.id),
    'company_id': str(env.company.id),
    'res_model': "'helpdesk.ticket'",
    'res_id': 't.id',
    'state': "'ongoing'",
    'time_basis': "'working'",
    'calendar_id': str(env.company.resource_calendar_id.id),
    'start_date': "now() at time zone 'UTC' - interval '1 day'",
    'clock_date': "now() at time zone 'UTC' - interval '1 day'",
    'is_running': 'TRUE',
    'is_warned': 'FALSE',
    'target_seconds': '28800',
    'warning_seconds': '0',
    'worked_seconds': '0',
    'log_position': '0',
}
moment = f"""now() at time zone 'UTC' + CASE WHEN row_number() OVER () <= {DUE}
    THEN interval '-1 hour' ELSE interval '30 days' END"""
names['deadline'] = names['next_check'] = moment
fields = env['sla.status']._fields
present = [name for name in names if name in fields and fields[name].store]
required = [
    name
    for name, field in fields.items()
    if field.store and field.required and name not in (*present, 'id') and not field.compute
]
env.cr.execute(
    f'INSERT INTO sla_status ({", ".join(present)}) SELECT {", ".join(names[name] for name in present)} '
    'FROM helpdesk_ticket t WHERE closed IS NOT TRUE ORDER BY id LIMIT %s',
    [OPEN],
)
inserted = env.cr.rowcount
env.cr.execute('ANALYZE sla_status')
start = time.perf_counter()
for _ in range(5):
    env.cr.execute("SELECT id FROM sla_status WHERE next_check <= now() at time zone 'UTC'")
    found = len(env.cr.fetchall())
statement_ms = (time.perf_counter() - start) * 200
start = time.perf_counter()
env['sla.status']._cron_run()
env.flush_all()
run_ms = (time.perf_counter() - start) * 1000
report(open=inserted, due=found, statement_ms=statement_ms, run_ms=run_ms, required=required)
env.cr.rollback()
