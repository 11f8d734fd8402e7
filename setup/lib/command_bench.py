"""./setup/bench [--quick]: the suite beside helpdesk_mgmt alone, alternately in one run.

Results go to .local/bench/results.json and, as a table, to the screen; --write puts the table into
docs/performance.md. --quick measures 1 k and 20 k tickets instead of 1 k, 100 k and 1 M.
"""

import datetime
import json
import os
import platform
import statistics
import subprocess

from console import SetupError, exclusive, step
from environment import prepare
from paths import LIB, LOCAL, LOG, ROOT, VENV_PYTHON

BENCH = LIB / 'bench'
PAGE = ROOT / 'docs/performance.md'
MARK = '<!-- measured -->'
ROUNDS = 3


def main(odoo_identity, arguments):
    if {'-h', '--help'} & set(arguments):
        print(__doc__)
        return 0
    env = prepare(odoo_identity)
    with exclusive():
        databases = {
            'upstream': ('aftercare_bench_upstream', env.ensure_dependencies()),
            'suite': ('aftercare_bench_suite', env.ensure_suite()),
        }
    for name, template in databases.values():
        env.create(name, template)
    try:
        results = Bench(env, databases, quick='--quick' in arguments).run()
    finally:
        for name, _template in databases.values():
            env.drop(name)
    folder = LOCAL / 'bench'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'results.json').write_text(json.dumps(results, indent=2))
    table = _table(results)
    print(table)
    if '--write' in arguments:
        before = PAGE.read_text().split(MARK)[0] if PAGE.is_file() else ''
        PAGE.write_text(f'{before}{MARK}\n\n{table}\n')
    return 0


class Bench:
    def __init__(self, env, databases, quick):
        self.env = env
        self.databases = databases
        self.sizes = (1_000, 20_000) if quick else (1_000, 100_000, 1_000_000)

    def shell(self, side, script, **parameters):
        """Run a measurement in `odoo shell` on one side's database; return what it reported."""
        name = self.databases[side][0]
        text = f'PARAMETERS = {parameters!r}\n{(BENCH / "common.py").read_text()}\n{(BENCH / script).read_text()}'
        result = subprocess.run(
            [
                VENV_PYTHON,
                LIB / 'launcher.py',
                'shell',
                '-d',
                name,
                '--no-http',
                '--max-cron-threads=0',
                '--log-level=error',
            ],
            env=self.env.environment(),
            input=f'exec(compile({text!r}, {script!r}, "exec"), globals())\n',
            capture_output=True,
            text=True,
            check=False,
        )
        (LOG / f'bench-{script}.log').write_text(result.stdout + result.stderr)
        found = [
            line.split('RESULT ', 1)[1] for line in result.stdout.splitlines() if 'RESULT ' in line
        ]
        if result.returncode or not found:
            last = (result.stderr.strip() or result.stdout.strip()).splitlines()[-1:]
            raise SetupError(f'{script} on {side}: {last} (see {LOG / f"bench-{script}.log"})')
        return [json.loads(line) for line in found]

    def run(self):
        results = {
            'date': datetime.date.today().isoformat(),
            'machine': _machine(),
            'creation': {},
            'screens': {},
        }
        for size in self.sizes:
            with step(f'{size:,} tickets'):
                for side in self.databases:
                    self.shell(side, 'seed.py', size=size)
                self._screens(results['screens'], size)
            if size == self.sizes[min(1, len(self.sizes) - 1)]:
                with step('creating tickets'):
                    self._creation(results['creation'])
        with step('assignment, IP addresses, deadlines'):
            for row in self.shell('suite', 'measure_assignment.py'):
                results.setdefault('assignment', {}).update(
                    {
                        f'{key}_batch' if row.get('requests') else key: value
                        for key, value in row.items()
                    }
                )
            results['sla'] = self.shell('suite', 'measure_sla.py')[0]
        return results

    def _screens(self, results, size):
        rounds = {}
        for _number in range(ROUNDS):
            for side in self.databases:
                for row in self.shell(side, 'measure_screens.py'):
                    rounds.setdefault((side, row['screen']), []).append(row)
        for (side, screen), rows in rounds.items():
            results.setdefault(screen, {}).setdefault(side, {})[str(size)] = {
                'ms': statistics.median(row['ms'] for row in rows),
                'queries': rows[-1]['queries'],
            }

    def _creation(self, results):
        self.shell('suite', 'measure_creation.py', prepare=True)
        rounds = {}
        for _number in range(ROUNDS):
            for side in self.databases:
                for row in self.shell(side, 'measure_creation.py'):
                    rounds.setdefault((side, row['batch']), []).append(row)
        for (side, batch), rows in rounds.items():
            results.setdefault(str(batch), {})[side] = {
                'ms_per_ticket': statistics.median(row['ms_per_ticket'] for row in rows),
                'queries': rows[-1]['queries'],
            }


def _machine():
    with open('/proc/cpuinfo') as file:
        model = next(
            (line.split(':')[1].strip() for line in file if line.startswith('model name')),
            platform.machine(),
        )
    return f'{model}, {len(os.sched_getaffinity(0))} cores'


def _table(results):
    lines = [
        f'Measured {results["date"]} on {results["machine"]}; medians of {ROUNDS} alternating rounds.',
        '',
    ]
    lines += ['| creating a ticket | helpdesk_mgmt alone | suite | ratio |', '|---|---|---|---|']
    for batch, sides in results['creation'].items():
        up, ours = sides['upstream'], sides['suite']
        lines.append(
            f'| batch of {batch}: ms per ticket (queries) | {up["ms_per_ticket"]:.1f} ({up["queries"]}) '
            f'| {ours["ms_per_ticket"]:.1f} ({ours["queries"]}) | {ours["ms_per_ticket"] / up["ms_per_ticket"]:.2f} |'
        )
    for screen, sides in results['screens'].items():
        sizes = list(sides['suite'])
        lines += [
            '',
            f'| {screen}: ms (queries) | {" | ".join(f"{int(size):,}" for size in sizes)} | growth |',
        ]
        lines.append('|---' * (len(sizes) + 2) + '|')
        for side, rows in sides.items():
            cells = [f'{rows[size]["ms"]:.0f} ({rows[size]["queries"]})' for size in sizes]
            growth = rows[sizes[-1]]['ms'] / rows[sizes[0]]['ms']
            label = 'helpdesk_mgmt alone' if side == 'upstream' else 'suite'
            lines.append(f'| {label} | {" | ".join(cells)} | {growth:.1f}× |')
    assignment, sla = results['assignment'], results['sla']
    lines += ['', '| | measured | goal |', '|---|---|---|']
    lines.append(
        f'| choosing one of 500 agents | {assignment["choose_ms"]:.1f} ms, {assignment["queries"]} queries | 20 ms |'
    )
    lines.append(
        f'| the same for 100 requests at once, each | {assignment["choose_ms_batch"]:.2f} ms, '
        f'{assignment["queries_batch"]} queries in all | |'
    )
    lines.append(
        f'| IP address to country and province, in process | {assignment["lookup_us"]:.1f} µs | 50 µs |'
    )
    lines.append(f'| IP address to region record | {assignment["find_by_ip_us"]:.0f} µs | |')
    lines.append(
        f'| deadlines: a run over {sla["open"]:,} open statuses, {sla["due"]:,} due | {sla["run_ms"] / 1000:.2f} s '
        f'(the statement that finds them: {sla["statement_ms"]:.1f} ms) | 5 s |'
    )
    return '\n'.join(lines)
