"""./setup/bench [--quick] [--write] [--only NAME,…]: the suite beside helpdesk_mgmt alone.

Both sides are measured alternately in one run. Results go to .local/bench/results.json and, as tables, to
the screen; --write puts each table in its place in docs/performance.md. --quick takes 1 k and 20 k tickets instead of
1 k, 100 k and 1 M. --only measures some of: creation, screens, assignment, sla, wallet, …
"""

import datetime
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

import python_env
from console import SetupError, exclusive, need_space, need_system_packages, step
from environment import prepare
from paths import LIB, LOCAL, LOG, ROOT, VENV_PYTHON

BENCH = LIB / 'bench'
PAGE = ROOT / 'docs/performance.md'
LAST_MARK = '<!-- new measurements -->'
ROUNDS = 3
SIDES = ('upstream', 'suite')


def main(odoo_identity, arguments):
    if {'-h', '--help'} & set(arguments):
        print(__doc__)
        return 0
    measures = _load_measures(arguments)
    need_space(4000)
    if 'license' in measures:
        python_env.ensure_bench()
        if not shutil.which('wrk'):
            need_system_packages(['wrk'], 'wrk (load on the licence API)')
    env = prepare(odoo_identity)
    with exclusive():
        templates = {'upstream': env.ensure_dependencies(), 'suite': env.ensure_suite()}
        databases = {side: f'aftercare_bench_{side}_{os.getpid()}' for side in SIDES}
        for side in SIDES:
            env.create(databases[side], templates[side])
    workers = {}
    try:
        for side in SIDES:
            workers[side] = Worker(env, databases[side], side)
        results = _run(workers, measures, sizes=_get_sizes(arguments))
    finally:
        for worker in workers.values():
            worker.stop()
        for name in databases.values():
            env.drop(name)
    folder = LOCAL / 'bench'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'results.json').write_text(json.dumps(results, indent=2))
    tables = _tables(results, measures)
    print('\n\n'.join(tables.values()))
    if '--write' in arguments:
        _write(tables)
    return 0


def _get_sizes(arguments):
    return (1_000, 20_000) if '--quick' in arguments else (1_000, 100_000, 1_000_000)


def _load_measures(arguments):
    """Return {name: module} of the measurements; what one consists of is told in bench/common.py."""
    sys.path.insert(0, str(BENCH))
    measures = {}
    for path in sorted(BENCH.glob('measure_*.py')):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        measures[path.stem.removeprefix('measure_')] = module
    if '--only' not in arguments:
        return measures
    wanted = arguments[arguments.index('--only') + 1 :][:1]
    wanted = wanted[0].split(',') if wanted else ['']
    if unknown := set(wanted) - set(measures):
        raise SetupError(
            f'no measurement {", ".join(sorted(unknown))!r}; there are {", ".join(measures)}.'
        )
    return {name: measures[name] for name in wanted}


class Worker:
    """An Odoo process that serves one side's database."""

    def __init__(self, env, database, side):
        LOG.mkdir(parents=True, exist_ok=True)
        self.side = side
        self.log = LOG / f'bench-{side}.log'
        with self.log.open('w') as log:
            self.process = subprocess.Popen(
                [VENV_PYTHON, BENCH / 'worker.py', database],
                env=env.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def call(self, module, function, commit=False, **arguments):
        """Call a function of a file in the bench folder with `env`; return its result."""
        request = {
            'module': module,
            'function': function,
            'arguments': arguments,
            'commit': commit,
        }
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
            answer = json.loads(self.process.stdout.readline() or '{"error": "it stopped"}')
        except BrokenPipeError:
            answer = {'error': 'it stopped'}
        if 'error' in answer:
            raise SetupError(f'{module} on {self.side}: {answer["error"]} (see {self.log})')
        return answer['result']

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _run(workers, measures, sizes):
    results = {
        'date': datetime.date.today().isoformat(),
        'machine': _get_machine(),
        'rounds': ROUNDS,
        'measures': {},
    }
    prepared = set()
    at = {'first': sizes[:1], 'middle': sizes[:2][-1:], 'last': sizes[-1:], 'all': sizes}
    for size in sizes:
        due = {name: module for name, module in measures.items() if size in at[module.SIZES]}
        if not due:
            continue
        with step(f'{size:,} tickets'):
            for worker in workers.values():
                worker.call('seed', 'fill', commit=True, size=size)
        for name, module in due.items():
            with step(f'{name} with {size:,} tickets'):
                sides = [workers[side] for side in module.SIDES]
                if name not in prepared and hasattr(module, 'prepare'):
                    for worker in sides:
                        worker.call(f'measure_{name}', 'prepare', commit=True)
                prepared.add(name)
                rows = _measure(f'measure_{name}', sides)
            _keep(results, name, str(size), rows)
    crowded = {name: module for name, module in measures.items() if hasattr(module, 'CROWDED')}
    if crowded and sizes[-1] == 1_000_000:
        with step('50,000 of the tickets are opened'):
            for worker in workers.values():
                worker.call('seed', 'reopen', commit=True)
        for name, module in crowded.items():
            with step(f'{name} with 50,000 open tickets'):
                sides = [workers[side] for side in module.SIDES]
                _keep(results, name, module.CROWDED, _measure(f'measure_{name}', sides))
    return results


def _keep(results, name, size, rows):
    found = results['measures'].setdefault(name, {})
    for (label, side), facts in rows.items():
        found.setdefault(label, {}).setdefault(side, {})[size] = facts


def _measure(module, workers):
    """Return {(name, side): medians of the facts} of alternating rounds."""
    rounds = {}
    for _number in range(ROUNDS):
        for worker in workers:
            for label, facts in worker.call(module, 'measure'):
                rounds.setdefault((label, worker.side), []).append(facts)
    return {
        key: {fact: statistics.median(row[fact] for row in rows) for fact in rows[0]}
        for key, rows in rounds.items()
    }


def _get_machine():
    with open('/proc/cpuinfo') as file:
        model = next(
            (line.split(':')[1].strip() for line in file if line.startswith('model name')),
            platform.machine(),
        )
    load = os.getloadavg()[0]
    return f'{model}, {len(os.sched_getaffinity(0))} cores, load {load:.1f} at the start'


def _tables(results, measures):
    """Return {name: lines of Markdown} of what was measured."""
    when = (
        f'Measured {results["date"]} on {results["machine"]}; medians of {results["rounds"]} '
        'alternating rounds.'
    )
    return {
        name: '\n'.join([when, '', *measures[name].table(found)])
        for name, found in results['measures'].items()
    }


def _write(tables):
    """Put each table between its marks on the page; the others and all around them stay."""
    page = PAGE.read_text()
    for name, text in tables.items():
        start, end = f'<!-- {name} -->', f'<!-- /{name} -->'
        if start not in page:
            page = page.replace(LAST_MARK, f'{start}\n{end}\n\n{LAST_MARK}')
        before, _mark, rest = page.partition(start)
        after = rest.partition(end)[2]
        page = f'{before}{start}\n\n{text}\n\n{end}{after}'
    PAGE.write_text(page)
