"""Debits of wallets per second beside pgbench doing the same, the comparison of a million entries, and
the customer's ledger with 100,000 of them.

A debit is the one way in which money moves (`wallet.account._book`), in a transaction of its own, with
its journal entry given; beside it its statement alone, the conditional UPDATE and the INSERT that it runs
without the ORM. Clients are processes. Under REPEATABLE READ one of two that meet on a wallet is tried
again, in pgbench, too.
"""

import multiprocessing
import os
import shutil
import subprocess
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from common import header, median_ms

SIDES = ('suite',)
SIZES = 'first'
SECONDS = 4
CLIENTS = (1, 8, 32)
WALLETS = {'one': 1, 'many': 1_000}
ENTRIES = 1_000_000
LONG = 100_000
NAME = 'Wallet bench'

PGBENCH = """
\\set id random({low}, {high})
BEGIN;
UPDATE wallet_account SET cash = cash - 0.01, seq = seq + 1
 WHERE id = :id AND cash >= 0.01 AND is_frozen IS NOT TRUE
RETURNING cash, seq, company_id, currency_id \\gset
INSERT INTO wallet_entry (account_id, company_id, currency_id, seq, kind, bucket, amount, balance_after,
                          key, line, res_model, res_id, create_uid, create_date, write_uid, write_date)
VALUES (:id, :company_id, :currency_id, :seq, 'spend', 'cash', -0.01, :cash,
        gen_random_uuid()::text, 0, 'res.partner', 1, 1, now(), 1, now());
COMMIT;
"""


def prepare(env):
    """Fill wallets: those that are debited, and others with a million entries."""
    partners = env['res.partner'].create(
        [{'name': f'{NAME} {number}'} for number in range(WALLETS['many'] + 100)]
    )
    for partner in partners:
        env['wallet.account']._get_for(partner)
    env.flush_all()
    env.cr.execute(
        'UPDATE wallet_account SET cash = 1000000000 WHERE partner_id = ANY(%s)',
        [partners[: WALLETS['many']].ids],
    )
    accounts = env['wallet.account'].search([('partner_id', 'in', partners[-100:].ids)])
    rest = (ENTRIES - LONG) // (len(accounts) - 1)
    for number, account in enumerate(accounts):
        _fill(env, account, LONG if number == 0 else rest)
    env.cr.execute('ANALYZE wallet_account, wallet_entry, wallet_bonus_lot')


def _fill(env, account, count):
    """Write entries of a bonus, which needs no journal entry."""
    env.cr.execute(
        'INSERT INTO wallet_bonus_lot (account_id, amount, remaining)'
        ' VALUES (%s, %s, %s) RETURNING id',
        [account.id, count, count],
    )
    [lot_id] = env.cr.fetchone()
    env.cr.execute(
        'INSERT INTO wallet_entry (account_id, company_id, currency_id, seq, kind, bucket, amount,'
        ' balance_after, key, line, lot_id, res_model, res_id, reason, create_uid, create_date)'
        " SELECT %s, %s, %s, n, 'bonus_grant', 'bonus', 1, n, 'bench:' || %s || ':' || n, 0, %s,"
        " 'res.partner', 1, 'Order S' || n, 1, now() - (%s - n) * interval '1 minute'"
        ' FROM generate_series(1, %s) n',
        [
            *(account.id, account.company_id.id, account.currency_id.id, account.id),
            *(lot_id, count, count),
        ],
    )
    env.cr.execute(
        'UPDATE wallet_account SET bonus = %s, seq = %s WHERE id = %s', [count, count, account.id]
    )


def measure(env):
    env.cr.execute(
        'SELECT account.id FROM wallet_account account JOIN res_partner partner'
        ' ON partner.id = partner_id WHERE partner.name LIKE %s ORDER BY account.id',
        [f'{NAME} %'],
    )
    ids = [row[0] for row in env.cr.fetchall()]
    for wallets, count in WALLETS.items():
        for clients in CLIENTS:
            yield f'{wallets}_{clients}', _debit(env, ids[:count], clients, _book)
            yield f'statement_{wallets}_{clients}', _debit(env, ids[:count], clients, _write)
            yield f'pgbench_{wallets}_{clients}', _run_pgbench(env, ids[:count], clients)
    yield 'reconciliation', _reconcile(env)
    yield from _measure_ledger(env)


def _debit(env, ids, clients, debit):
    """Let processes debit wallets; return debits and new tries per second."""
    context = multiprocessing.get_context('fork')
    results = context.Queue()
    processes = [
        context.Process(target=_client, args=(env.registry, ids, number, results, debit))
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    found = [results.get(timeout=SECONDS + 60) for _process in processes]
    for process in processes:
        process.join()
    return {
        'tps': sum(done for done, _tries in found) / SECONDS,
        'retries': sum(tries - done for done, tries in found) / SECONDS,
    }


def _book(env, account, key):
    account._book(
        'spend', {'cash': -0.01}, key, origin=env['res.partner'].browse(1), move=env['account.move']
    )


def _write(_env, account, key):
    amount = Decimal('-0.01')
    line = {'bucket': 'cash', 'amount': amount, 'rest': Decimal(0), 'lot_id': None}
    values = {'kind': 'spend', 'key': key, 'res_model': 'res.partner', 'res_id': 1}
    values |= {'move_id': None, 'operator_id': None, 'reason': None}
    account._write_book({'cash': amount}, [line], values, is_free=False, may_owe=False)


def _client(registry, ids, number, results, debit):
    import psycopg2

    from odoo import SUPERUSER_ID, api, sql_db

    # the connections of the parent are not ours
    sql_db._Pool = sql_db._Pool_readonly = None
    sql_db._logger.disabled = True
    registry._db, registry._db_readonly = sql_db.db_connect(registry.db_name), None
    done = tries = index = 0
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        tries += 1
        account_id = ids[(index * 7919 + number * 104729) % len(ids)]
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                account = env['wallet.account'].browse(account_id)
                debit(env, account, f'bench:{os.getpid()}:{index}:{deadline}')
        except psycopg2.OperationalError:
            continue
        done += 1
        index += 1
    results.put((done, tries))
    results.close()
    results.join_thread()
    os._exit(0)


def _run_pgbench(env, ids, clients):
    folder = Path(tempfile.mkdtemp(prefix='aftercare_bench_'))
    try:
        script = folder / 'debit.sql'
        script.write_text(PGBENCH.format(low=min(ids), high=max(ids)))
        pgbench = shutil.which('pgbench') or max(
            map(str, Path('/usr/lib/postgresql').glob('*/bin/pgbench')), default='pgbench'
        )
        command = [
            *(pgbench, '-n', f'-c{clients}', f'-j{min(clients, 2)}', f'-T{SECONDS}'),
            *('--max-tries=0', '-f', str(script), env.cr.dbname),
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            env={
                **os.environ,
                'PGOPTIONS': r'-c default_transaction_isolation=repeatable\ read',
            },
        )
    finally:
        shutil.rmtree(folder)
    line = next(row for row in done.stdout.splitlines() if row.startswith('tps'))
    return {'tps': float(line.split()[2])}


def _reconcile(env):
    env.cr.execute('SELECT count(*) FROM wallet_entry')
    [count] = env.cr.fetchone()
    Reconciliation = env['wallet.reconciliation'].with_context(notification_disable=True)
    facts = median_ms(env, lambda: Reconciliation._run(env.company), rounds=1, warm=0)
    return facts | {'entries': count}


def _measure_ledger(env):
    """Read a page of the ledger as the customer's page does."""
    account = env['wallet.account'].search([('seq', '=', LONG)], limit=1)
    Entry = env['wallet.entry']
    own = [('account_id', '=', account.id)]
    names = ['create_date', 'kind', 'bucket', 'reason', 'amount', 'balance_after']

    def page(top):
        domain = [*own, ('seq', '<=', top), ('seq', '>', top - 20)]
        return Entry.search(domain, order='seq desc').read(names)

    def find(domain, offset=0):
        Entry.search_count(own + domain)
        return Entry.search(own + domain, order='seq desc', limit=20, offset=offset).read(names)

    yield 'ledger_first', median_ms(env, lambda: page(LONG))
    yield 'ledger_last', median_ms(env, lambda: page(20))
    yield 'ledger_filter', median_ms(env, lambda: find([('bucket', '=', 'bonus')], LONG - 20))
    yield 'ledger_search', median_ms(env, lambda: find([('reason', 'ilike', 'S99999')]))


def table(results):
    def get(name, fact):
        return next(iter(results[name]['suite'].values()))[fact]

    lines = header('debits per second', *(f'{clients} clients' for clients in CLIENTS), 'goal')
    for wallets, count in WALLETS.items():
        title = 'one wallet' if count == 1 else f'{count:,} wallets'
        ours, statement, theirs = (
            [get(f'{side}{wallets}_{clients}', 'tps') for clients in CLIENTS]
            for side in ('', 'statement_', 'pgbench_')
        )
        tries = [get(f'{wallets}_{clients}', 'retries') for clients in CLIENTS]
        shares = [mine / other for mine, other in zip(statement, theirs, strict=True)]
        for label, values, pattern, goal in (
            (f'**{title}**: `_book`, with what the ORM reads for it', ours, '{:,.0f}', ''),
            ('… tried again', tries, '{:,.0f}', ''),
            ('… its statement alone', statement, '{:,.0f}', ''),
            ('… pgbench: the same UPDATE and INSERT', theirs, '{:,.0f}', ''),
            ('… the statement of pgbench', shares, '{:.0%}', '50 %'),
        ):
            cells = ' | '.join(pattern.format(value) for value in values)
            lines.append(f'| {label} | {cells} | {goal} |')
    return [
        *lines,
        '',
        *header('wallet', 'measured', 'queries'),
        f'| comparing {get("reconciliation", "entries"):,.0f} entries with balances and books |'
        f' {get("reconciliation", "ms") / 1000:.1f} s | {get("reconciliation", "queries"):.0f} |',
        *(
            f'| {label} | {get(name, "ms"):.1f} ms | {get(name, "queries"):.0f} |'
            for name, label in (
                ('ledger_first', f'a page of a ledger of {LONG:,} entries, the newest'),
                ('ledger_last', '… the oldest'),
                ('ledger_filter', '… the last page of a filter'),
                ('ledger_search', '… searched'),
            )
        ),
    ]
