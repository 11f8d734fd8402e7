"""POST /license/v1/validate beside a constant Odoo route, a bare FastAPI app and pgbench.

Without `server_wide_modules = …,aftercare_license_api` a request takes the route like any other.

The servers have two workers each and answer eight connections over HTTP, one server after the other
in each round. There are as many licences as tickets.
"""

import ast
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import license_load
import license_seed
import server
from common import header

SIDES = ('suite',)
SIZES = 'all'
SECONDS = 4
PATH = '/license/v1/validate'
REFERENCE = Path(__file__).with_name('reference')
ADDONS = Path(__file__).parents[3] / 'addons'
_bodies = []


def prepare(env):
    """Lift the limits, which one computer that asks for all would meet at once."""
    for name in ('ip', 'key', 'unknown', 'activate', 'status'):
        env['ir.config_parameter'].set_param(f'aftercare_license_api.limit_{name}', '0')


def measure(env):
    _bodies.extend(license_seed.fill(env, _get_size(env)))
    bodies = random.sample(_bodies, min(len(_bodies), license_seed.KEPT))
    folder = Path(tempfile.mkdtemp(prefix='aftercare_bench_'))
    (folder / 'bodies').write_text('\n'.join(bodies) + '\n')
    try:
        with Odoo(env, folder) as odoo:
            yield 'constant', odoo.saturate('/bench/constant')
            yield 'route', odoo.saturate(PATH)
        with Odoo(env, folder, 'aftercare_license_api') as odoo:
            yield 'validate', _measure_validate(odoo, bodies)
        with Reference(env, folder) as reference:
            yield 'FastAPI', reference.saturate(PATH)
        yield 'pgbench', _run_pgbench(env, folder)
    finally:
        shutil.rmtree(folder)


def _get_size(env):
    env.cr.execute('SELECT count(*) FROM helpdesk_ticket')
    return max(1_000, env.cr.fetchone()[0])


def _measure_validate(odoo, bodies):
    # both workers have answered before their memory counts
    odoo.saturate(PATH)
    facts = odoo.saturate(PATH)
    before = odoo.get_memory()
    facts |= license_load.pace(odoo.port, PATH, bodies, facts['rps'] * 0.7, SECONDS)
    return facts | {'grown_mb': odoo.get_memory() - before}


class Loaded:
    """What is measured on a server."""

    def saturate(self, path):
        url = f'http://127.0.0.1:{self.port}{path}'
        license_load.saturate(url, self.folder / 'bodies', self.folder, 2)
        facts = license_load.saturate(url, self.folder / 'bodies', self.folder, SECONDS)
        if facts['wrong']:
            raise RuntimeError(f'{facts["wrong"]} answers of {url} were not 200')
        return facts

    def get_memory(self):
        """Return the private memory in MB of the processes that answer HTTP."""
        total = 0
        for path in Path('/proc').glob('[0-9]*'):
            try:
                group = int((path / 'stat').read_text().rsplit(')', 1)[1].split()[2])
                words = (path / 'cmdline').read_bytes().split(b'\0')
                if group == self.process.pid and b'gevent' not in words:
                    rows = (path / 'smaps_rollup').read_text().splitlines()
                    total += sum(int(row.split()[1]) for row in rows if row.startswith('Private_'))
            except (OSError, ValueError):
                continue
        return total / 1024


class Odoo(Loaded, server.Odoo):
    def __init__(self, env, folder, *modules):
        names = ','.join(('base', 'web', 'bench_constant', *modules))
        # two paths, so that the constant route is found without being installed anywhere
        words = ('--addons-path', f'{ADDONS},{REFERENCE}', '--load', names)
        super().__init__(env.cr.dbname, folder, *words, path=PATH)


class Reference(Loaded, server.Server):
    def __init__(self, env, folder):
        super().__init__(folder, PATH)
        self.database = env.cr.dbname
        self.secret = env['software.license']._get_digest_secret()

    def get_command(self):
        return (
            *(sys.executable, '-m', 'uvicorn', 'license_reference:app', '--workers', 2),
            *('--host', '127.0.0.1', '--port', self.port, '--log-level', 'error'),
        )

    def get_environment(self):
        # the pure parts of our addons under a name that does not import Odoo
        tools = self.folder / 'aftercare_tools'
        if not tools.exists():
            tools.mkdir()
            (tools / '__init__.py').touch()
            shutil.copy(ADDONS / 'aftercare_license_api/tools/jws.py', tools)
            shutil.copy(ADDONS / 'aftercare_license/tools/keys.py', tools)
            (self.folder / 'statement.sql').write_text(_read_statement())
        return {
            'PYTHONPATH': f'{REFERENCE}:{self.folder}',
            'LICENSE_DATABASE': self.database,
            'LICENSE_SECRET': self.secret,
            'LICENSE_STATEMENT': str(self.folder / 'statement.sql'),
        }


def _read_statement():
    """Return the statement of the hot path, from the source."""
    source = (ADDONS / 'aftercare_license_api/models/license_api.py').read_text()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == '_SQL_LICENSE':
            return node.value.value
    raise RuntimeError('license_api.py has no _SQL_LICENSE')


def _run_pgbench(env, folder):
    env.cr.execute('SELECT min(id), max(id) FROM software_license')
    low, high = env.cr.fetchone()
    script = folder / 'select.sql'
    script.write_text(
        f'\\set id random({low}, {high})\n'
        'SELECT uuid, state, seq, domain, date_expiry FROM software_license WHERE id = :id;\n'
    )
    pgbench = shutil.which('pgbench') or max(
        map(str, Path('/usr/lib/postgresql').glob('*/bin/pgbench')), default='pgbench'
    )
    command = [pgbench, '-n', '-c8', '-j1', f'-T{SECONDS}', '-f', script, env.cr.dbname]
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=True
    )
    line = next(row for row in done.stdout.splitlines() if row.startswith('tps'))
    return {'rps': float(line.split()[2])}


def table(results):
    sizes = list(results['validate']['suite'])
    constant = results['constant']['suite']

    def cells(name, fact, pattern='{:,.0f}'):
        return ' | '.join(pattern.format(results[name]['suite'][size][fact]) for size in sizes)

    shares = ' | '.join(
        f'{results["validate"]["suite"][size]["rps"] / constant[size]["rps"]:.0%}' for size in sizes
    )
    growth = [results['validate']['suite'][size]['rps'] for size in sizes]
    return [
        *header(
            'licences verified per second, 2 workers',
            *(f'{int(size):,} licences' for size in sizes),
            'goal',
        ),
        f'| a constant Odoo route | {cells("constant", "rps")} | |',
        f'| **POST /license/v1/validate** | {cells("validate", "rps")} | |',
        f'| … through routing and session | {cells("route", "rps")} | |',
        f'| … of the constant route | {shares} | 60 % |',
        f'| FastAPI: the same statement and signature, no rules | {cells("FastAPI", "rps")} | |',
        f'| pgbench: one row by its id | {cells("pgbench", "rps")} | |',
        f'| slowest against the fewest licences | {growth[0] / min(growth):.2f}× '
        + '| ' * (len(sizes) - 1)
        + '| 1.1× |',
        f'| half of the answers at 70 % load, within ms | {cells("validate", "p50", "{:.0f}")} | |',
        f'| 99 % of the answers at 70 % load, within ms | {cells("validate", "p99", "{:.0f}")} | 50 |',
        f'| memory gained meanwhile, MB | {cells("validate", "grown_mb", "{:.0f}")} | 0 |',
    ]
