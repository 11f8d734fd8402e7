"""Template databases, cached by the content they depend on, and copies of them.

dependencies  everything our addons need, and the languages; keyed by the pins and Odoo's build
suite         all our addons on top, without demo data; for tests
demo          `aftercare` with our demo data (and not Odoo's); what ./setup/run serves
"""

import ast
import hashlib
import re
import shutil
import subprocess
import time
from functools import cache

import psycopg2
import python_env
import tools
from console import SetupError, follow, say, step
from paths import ADDONS, CONF, DATA, LIB, LOG, ROOT, VENV_PYTHON
from psycopg2 import sql

# English first: it is what Odoo speaks where nobody has chosen
LANGUAGES = 'en_US,zh_CN,zh_TW,es_ES,fa_IR'
# Whatever the suite will need, so that adding an addon rarely rebuilds the slow template.
ALWAYS = ('website_sale', 'contacts', 'sms', 'partnership', 'payment_demo')
VERSION = '4'
# what Odoo's log says about how far an installation is, and our demo about its story
STAGE = re.compile(r'(?:Loading module (\S+ \(\d+/\d+\))|aftercare_demo_story: (.*))$')


@cache
def manifests():
    """Return {addon: manifest} of our installable addons."""
    found = {}
    for path in sorted(ADDONS.glob('*/__manifest__.py')):
        manifest = ast.literal_eval(path.read_text('utf-8'))
        if manifest.get('installable', True):
            found[path.parent.name] = manifest
    return found


def addon_key(name):
    """A digest of what installing the addon depends on."""
    digest = hashlib.sha256()
    folder = ADDONS / name
    for path in sorted(folder.rglob('*')):
        relative = path.relative_to(folder)
        ignored = {'tests', 'readme', 'scripts', 'clients', '__pycache__'} & set(relative.parts)
        if path.is_file() and (not ignored or relative.parts[:2] == ('static', 'tests')):
            digest.update(str(relative).encode() + b'\0' + path.read_bytes())
    return digest.hexdigest()


class Databases:
    def __init__(self, odoo_identity, pg):
        self.pg = pg
        self.odoo_identity = odoo_identity

    # === SERVER === #
    def connect(self, name='postgres'):
        connection = psycopg2.connect(
            host=self.pg.get('PGHOST'),
            port=self.pg.get('PGPORT'),
            user=self.pg.get('PGUSER'),
            password=self.pg.get('PGPASSWORD'),
            dbname=name,
        )
        connection.autocommit = True
        return connection

    def query(self, statement, parameters=(), name='postgres'):
        connection = self.connect(name)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall() if cursor.description else []
        except psycopg2.Error as error:
            raise SetupError(f'PostgreSQL: {str(error).strip().splitlines()[0]}') from error
        finally:
            connection.close()

    def exists(self, name):
        return bool(self.query('SELECT 1 FROM pg_database WHERE datname = %s', [name]))

    def drop(self, name):
        self.query(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s', [name]
        )
        self.query(sql.SQL('DROP DATABASE IF EXISTS {}').format(sql.Identifier(name)))
        shutil.rmtree(DATA / 'filestore' / name, ignore_errors=True)

    def create(self, name, template='template0'):
        self.drop(name)
        if template != 'template0':
            self.query(
                'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s',
                [template],
            )
        # as Odoo does, so that an index serves what begins with something
        collation = "LC_COLLATE 'C'" if template == 'template0' else ''
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' " + collation)
        self.query(statement.format(sql.Identifier(name), sql.Identifier(template)))
        source = DATA / 'filestore' / template
        if source.is_dir():
            # hard links: files of a filestore are never changed in place
            subprocess.run(['cp', '-al', source, DATA / 'filestore' / name], check=True)

    def rename(self, old, new):
        self.query(
            'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s', [old]
        )
        self.query(
            sql.SQL('ALTER DATABASE {} RENAME TO {}').format(
                sql.Identifier(old), sql.Identifier(new)
            )
        )
        if (DATA / 'filestore' / old).is_dir():
            shutil.rmtree(DATA / 'filestore' / new, ignore_errors=True)
            (DATA / 'filestore' / old).rename(DATA / 'filestore' / new)

    # === KEYS === #
    def dependencies_key(self):
        external = {dep for manifest in manifests().values() for dep in manifest.get('depends', ())}
        external = sorted(external - set(manifests()) | set(ALWAYS))
        parts = (VERSION, self.odoo_identity, python_env.requirements_key(), LANGUAGES, *external)
        return hashlib.sha256('\n'.join(parts).encode()).hexdigest()[:10], external

    def suite_key(self):
        parts = [self.dependencies_key()[0], *(addon_key(name) for name in manifests())]
        return hashlib.sha256('\n'.join(parts).encode()).hexdigest()[:10]

    # === TEMPLATES === #
    def ensure_dependencies(self):
        key, external = self.dependencies_key()
        name = f'aftercare_deps_{key}'
        if not self.exists(name):
            with step('a database with the addons of Odoo and OCA (about 2 minutes, once)'):
                self.create('aftercare_building')
                self._prepare_extensions('aftercare_building')
                self.install(
                    'aftercare_building', external, 'install_deps.log', '--load-language', LANGUAGES
                )
                self.rename('aftercare_building', name)
            self._forget('aftercare_deps_', name)
        return name

    def ensure_suite(self):
        name = f'aftercare_suite_{self.suite_key()}'
        if not self.exists(name):
            dependencies = self.ensure_dependencies()
            with step('a database with the suite, for tests'):
                self.create('aftercare_building', dependencies)
                self.install('aftercare_building', manifests(), f'install_{name}.log')
                self._warm_assets('aftercare_building')
                self.rename('aftercare_building', name)
            self._forget('aftercare_suite_', name)
        return name

    def ensure_demo(self):
        name = f'aftercare_demo_{self.suite_key()}'
        if not self.exists(name):
            dependencies = self.ensure_dependencies()
            # beside the suite's, when tests build both at once
            building = 'aftercare_building_demo'
            with step('the demo company (about 6 minutes, once)'):
                self.create(building, dependencies)
                # our demo data without Odoo's: the addons below ours count as having theirs
                self.query(
                    "UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'",
                    name=building,
                )
                self.install(building, ['aftercare'], 'install_demo.log', '--with-demo')
                self.remember(building)
                self._warm_assets(building)
                self.rename(building, name)
            self._forget('aftercare_demo_', name)
        return name

    def _prepare_extensions(self, name):
        """Trigram indexes and accent-free search, where the server has them."""
        for statement in (
            'CREATE EXTENSION IF NOT EXISTS pg_trgm',
            'CREATE EXTENSION IF NOT EXISTS unaccent',
            'ALTER FUNCTION unaccent(text) IMMUTABLE',
        ):
            try:
                self.query(statement, name=name)
            except SetupError as error:
                say(f'    note: {error}')

    def _forget(self, prefix, keep):
        """Drop the templates of older contents."""
        rows = self.query('SELECT datname FROM pg_database WHERE datname LIKE %s', [f'{prefix}%'])
        for (name,) in rows:
            if name != keep:
                self.drop(name)

    def remember(self, database):
        """Note which content of our addons the database was built from."""
        installed = self._installed(database)
        for name in installed:
            self.query(
                'INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) '
                'ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value',
                [f'aftercare.content.{name}', addon_key(name)],
                name=database,
            )

    def outdated(self, database):
        """Return our installed addons whose content is not what the database was built from."""
        known = dict(
            self.query(
                "SELECT key, value FROM ir_config_parameter WHERE key LIKE 'aftercare.content.%%'",
                name=database,
            )
        )
        return [
            name
            for name in self._installed(database)
            if known.get(f'aftercare.content.{name}') != addon_key(name)
        ]

    def missing(self, database):
        """Return the addons of the suite that the database lacks, such as one added since."""
        return sorted(
            set(manifests()['aftercare']['depends'])
            & set(manifests()) - set(self._installed(database))
        )

    def _installed(self, database):
        rows = self.query(
            "SELECT name FROM ir_module_module WHERE state = 'installed'", name=database
        )
        return [name for (name,) in rows if name in manifests()]

    # === ODOO === #
    def environment(self):
        # Odoo takes the connection from the PG* variables
        return {**tools.environment(), **self.pg, 'ODOO_RC': str(CONF)}

    def odoo(self, arguments, log, failure, input_text=None):
        LOG.mkdir(parents=True, exist_ok=True)
        path = LOG / log
        with path.open('w') as output:
            process = subprocess.Popen(
                [VENV_PYTHON, LIB / 'launcher.py', *arguments],
                env=self.environment(),
                cwd=ROOT,
                stdin=subprocess.PIPE if input_text is not None else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if input_text is not None:
                process.stdin.write(input_text)
                process.stdin.close()
            follow(process, path, STAGE)
        text = path.read_text('utf-8', 'replace')
        if process.returncode or re.search(r' (ERROR|CRITICAL) ', text):
            found = re.findall(
                r'^.* (?:ERROR|CRITICAL) .*$|^\w*Error: .*$|^\S+\.\w*(?:Error|Exception): .*$',
                text,
                re.M,
            )
            last = found[-1] if found else (text.strip().splitlines() or ['no output'])[-1]
            raise SetupError(f'{failure}: {last[-400:]} (all of it in {path})')
        return path

    def install(self, database, addons, log, *options):
        self.odoo(
            [
                '-d',
                database,
                '-i',
                ','.join(addons),
                '--stop-after-init',
                '--no-http',
                '--max-cron-threads=0',
                *options,
            ],
            log,
            'installing the addons',
        )

    def update(self, database, addons):
        self.odoo(
            [
                '-d',
                database,
                '-u',
                ','.join(addons),
                '--stop-after-init',
                '--no-http',
                '--max-cron-threads=0',
            ],
            'update.log',
            'updating the addons',
        )
        self.remember(database)

    def _warm_assets(self, database):
        """Compile the bundles once, so that no page and no browser test pays for them."""
        self.odoo(
            ['shell', '-d', database, '--no-http', '--max-cron-threads=0'],
            f'assets_{database}.log',
            'compiling the web assets',
            input_text=(LIB / 'warm_assets.py').read_text(),
        )


def write_conf(pg):
    """Write the machine's configuration: the project's odoo.conf and where things are here."""
    paths = [str(ADDONS)]
    DATA.mkdir(parents=True, exist_ok=True)
    lines = [
        (ROOT / 'odoo.conf').read_text().rstrip(),
        '',
        '; written by ./setup',
        f'addons_path = {",".join(paths)}',
    ]
    lines.append(f'data_dir = {DATA}')
    for option, name in (
        ('db_host', 'PGHOST'),
        ('db_port', 'PGPORT'),
        ('db_user', 'PGUSER'),
        ('db_password', 'PGPASSWORD'),
    ):
        if pg.get(name):
            lines.append(f'{option} = {pg[name]}')
    text = '\n'.join(lines) + '\n'
    if not CONF.is_file() or CONF.read_text() != text:
        CONF.write_text(text)
        CONF.chmod(0o600)


def wait_until(check, timeout, failure):
    deadline = time.monotonic() + timeout
    while not check():
        if time.monotonic() > deadline:
            raise SetupError(failure)
        time.sleep(0.1)
