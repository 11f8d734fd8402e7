"""When something is missing or broken, ./setup says so in one line and can be called again."""

import hashlib
import importlib
import os
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIB = ROOT / 'setup' / 'lib'


def setup(command, *arguments, **variables):
    return subprocess.run(
        [ROOT / 'setup' / command, *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def assert_told(result, message):
    """One clear line at the end, no traceback, exit code 1."""
    lines = [line for line in result.stderr.strip().splitlines() if '…' not in line]
    assert lines == [f'aftercare: {message}']
    assert (result.returncode, result.stdout) == (1, '')


@pytest.fixture(scope='module')
def library():
    """The modules of setup/lib by their name."""
    sys.path.insert(0, str(LIB))
    try:
        names = ('command_test', 'console', 'databases', 'main', 'odoo_source', 'postgres')
        names += ('python_env', 'tools')
        yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    finally:
        sys.path.remove(str(LIB))
        # other tests of this process have nothing to do with modules named `main` or `tools`
        for name, module in list(sys.modules.items()):
            if (getattr(module, '__file__', None) or '').startswith(f'{LIB}/'):
                del sys.modules[name]


@pytest.fixture
def told(library, capsys):
    """Expects a block to end in a SetupError of one line."""

    class Told:
        def __init__(self, match):
            self.raises = pytest.raises(library.console.SetupError, match=match)

        def __enter__(self):
            self.info = self.raises.__enter__()
            return self.info

        def __exit__(self, *exception):
            result = self.raises.__exit__(*exception)
            assert '\n' not in str(self.info.value)
            return result

    return Told


# === WHAT IS TYPED === #
@pytest.mark.parametrize(
    ('command', 'expected'),
    [
        ('run', 'usage: ./setup/run'),
        ('test', './setup/test [paths and pytest arguments]'),
        ('lint', './setup/lint'),
        ('bench', './setup/bench'),
    ],
)
def test_help_needs_no_environment(command, expected, tmp_path):
    result = setup(command, '--help', AFTERCARE_LOCAL=str(tmp_path / 'local'))
    assert (result.returncode, result.stderr) == (0, '')
    assert result.stdout.startswith(expected)
    assert not (tmp_path / 'local').exists()


def test_unknown_command():
    result = subprocess.run(
        [sys.executable, LIB / 'main.py', 'biuld'], capture_output=True, text=True, check=False
    )
    assert_told(result, "no command 'biuld'; there are run, test, odoo, lint, bench.")


@pytest.mark.parametrize('port', ['0', '99999'])
def test_impossible_port(port, tmp_path):
    result = setup('run', '--port', port, AFTERCARE_LOCAL=str(tmp_path / 'local'))
    assert_told(result, f'{port} is no port: name one between 1 and 65535.')
    assert not (tmp_path / 'local').exists()


def test_busy_port(tmp_path):
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = server.getsockname()[1]
        result = setup('run', f'--port={port}', AFTERCARE_LOCAL=str(tmp_path / 'local'))
    assert_told(result, f'port {port} is in use; choose another with --port.')


def test_unknown_option_and_language():
    for arguments in (['--prot', '1'], ['--lang', 'xx'], ['--port', 'http']):
        result = setup('run', *arguments)
        assert result.returncode == 2 and 'Traceback' not in result.stderr


# === PYTHON === #
def without_python(tmp_path, **scripts):
    """A PATH on which there is no Python, or one that is a script of ours."""
    for name in ('dirname', 'id', 'readlink', 'sh'):
        (tmp_path / name).symlink_to(shutil.which(name))
    for name, text in scripts.items():
        (tmp_path / name).write_text(f'#!/bin/sh\n{text}\n')
        (tmp_path / name).chmod(0o755)
    return {'PATH': str(tmp_path), 'PYTHON': ''}


PYTHON_NEEDED = (
    'Python 3.11 to 3.13 with venv is needed. '
    'Type: sudo apt-get install python3 python3-venv ca-certificates'
)


def test_no_python(tmp_path):
    assert_told(setup('run', **without_python(tmp_path)), PYTHON_NEEDED)


def test_python_without_venv_or_too_old(tmp_path):
    assert_told(setup('run', **without_python(tmp_path, python3='exit 1')), PYTHON_NEEDED)


def test_failed_packages_leave_no_stamp(library, told, tmp_path, monkeypatch):
    env = library.python_env
    monkeypatch.setattr(env, 'VENV', tmp_path / 'venv')
    monkeypatch.setattr(env, 'VENV_PYTHON', tmp_path / 'venv/bin/python')
    monkeypatch.setattr(env, 'need_space', lambda _megabytes: None)
    calls = []

    def create(folder, with_pip):
        (folder / 'bin').mkdir(parents=True)
        (folder / 'bin/python').touch()

    def run(command, *, failure, **_options):
        calls.append(command)
        if len(calls) == 1:
            raise library.console.SetupError(f'{failure}: ERROR: no network')

    monkeypatch.setattr(env.venv, 'create', create)
    monkeypatch.setattr(env, 'run', run)
    with told('installing the Python packages: ERROR: no network'):
        env.ensure()
    assert not (tmp_path / 'venv/.requirements').exists()
    # the next try installs, and the one after it has nothing to do
    env.ensure()
    env.ensure()
    assert len(calls) == 2


def test_broken_virtualenv_is_removed(library, told, tmp_path, monkeypatch):
    env = library.python_env
    monkeypatch.setattr(env, 'VENV', tmp_path / 'venv')
    monkeypatch.setattr(env, 'VENV_PYTHON', tmp_path / 'venv/bin/python')
    monkeypatch.setattr(env, 'need_space', lambda _megabytes: None)

    def create(folder, with_pip):
        folder.mkdir()
        raise subprocess.CalledProcessError(1, 'ensurepip')

    monkeypatch.setattr(env.venv, 'create', create)
    with told('no virtualenv could be made .* sudo apt-get install python3-venv'):
        env.ensure()
    assert not (tmp_path / 'venv').exists()


# === DISK === #
def test_full_disk(library, told, tmp_path, monkeypatch):
    Usage = namedtuple('Usage', 'total used free')
    monkeypatch.setattr(library.console, 'LOCAL', tmp_path)
    monkeypatch.setattr(
        library.console.shutil, 'disk_usage', lambda _path: Usage(9, 9, 700 * 2**20)
    )
    library.console.need_space(700)
    with told('1500 MB of free disk are needed in .*, 700 MB are left'):
        library.console.need_space(1500)


# === POSTGRESQL === #
@pytest.mark.parametrize(
    'url',
    [
        'mysql://odoo@host/',
        'host:5432',
        'postgresql:///database',
        'postgresql://odoo@host:port/',
        'postgresql://odoo@[::1/',
    ],
)
def test_malformed_database_url(url):
    result = setup('odoo', '--version', DATABASE_URL=url)
    message = 'DATABASE_URL must look like postgresql://user:password@host:5432/'
    assert_told(result, message)


def test_database_url_is_read(library):
    found = library.postgres._from_url('postgres://od%40oo:p%2Fw@db.example.com/')
    assert found == {
        'PGHOST': 'db.example.com',
        'PGPORT': '5432',
        'PGUSER': 'od@oo',
        'PGPASSWORD': 'p/w',
    }


def test_unreachable_server():
    result = setup(
        'odoo', '--version', DATABASE_URL='', PGHOST='127.0.0.1', PGPORT='1', PGUSER='odoo'
    )
    assert_told(
        result,
        'PostgreSQL at 127.0.0.1: connection to server at "127.0.0.1", port 1 failed: '
        'Connection refused',
    )


def test_superuser_is_refused(library, told):
    with told('Odoo refuses to work as the superuser postgres'):
        library.postgres._check({'PGHOST': '127.0.0.1', 'PGUSER': 'postgres'})


def test_statement_refused_by_the_server(library, told):
    names = ('PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD')
    env = library.databases.Databases('', {name: os.environ.get(name) for name in names})
    with told('PostgreSQL: .*does not exist'):
        env.query('SELECT 1 FROM nothing_like_this')


def test_long_path_of_the_socket(library, monkeypatch, tmp_path):
    postgres = library.postgres
    monkeypatch.setattr(postgres, 'POSTGRES', Path('/checkout/.local/postgres'))
    assert postgres._socket_folder() == Path('/checkout/.local/postgres/run')
    long = Path('/home') / ('x' * 60) / ('y' * 60) / '.local'
    monkeypatch.setattr(postgres, 'LOCAL', long)
    monkeypatch.setattr(postgres, 'POSTGRES', long / 'postgres')
    folder = postgres._socket_folder()
    assert len(f'{folder}/.s.PGSQL.5432.lock') < 107
    assert folder == postgres._socket_folder()
    monkeypatch.setattr(postgres, 'LOCAL', long / 'other')
    assert folder != postgres._socket_folder()


def test_socket_folder_of_someone_else(library, told, monkeypatch, tmp_path):
    folder = tmp_path / 'aftercare-0-abc'
    folder.symlink_to('/')
    with told('belongs to another user'):
        library.postgres._make_socket_folder(folder, None)


def postgresql(folder, major):
    """A folder of programs that say they are of that version."""
    binaries = folder / 'bin'
    binaries.mkdir(parents=True)
    (binaries / 'initdb').write_text(f'#!/bin/sh\necho "initdb (PostgreSQL) {major}.4"\n')
    (binaries / 'initdb').chmod(0o755)
    return binaries


@pytest.fixture
def versions(library, monkeypatch, tmp_path):
    """PostgreSQL 15 and 17 on the system, 16 and 18 from PyPI."""
    installed = [postgresql(tmp_path / str(major), major) / 'initdb' for major in (15, 17)]
    embedded = [postgresql(tmp_path / str(major), major) / 'initdb' for major in (18, 16)]
    monkeypatch.setattr(library.postgres, '_installed', lambda: iter(installed))
    monkeypatch.setattr(library.postgres, '_embedded', lambda: iter(embedded))
    monkeypatch.setattr(library.postgres, 'DATA', tmp_path / 'data')
    (tmp_path / 'data').mkdir()
    return SimpleNamespace(installed=installed, data=tmp_path / 'data', root=tmp_path)


def test_newest_postgresql_of_the_system(library, versions):
    assert library.postgres._binaries() == versions.root / '17/bin'


def test_embedded_postgresql_where_the_system_has_none(library, versions):
    versions.installed.clear()
    assert library.postgres._binaries() == versions.root / '16/bin'


@pytest.mark.parametrize('major', [15, 18])
def test_cluster_is_started_by_what_made_it(library, versions, major):
    (versions.data / '.ready').touch()
    (versions.data / 'PG_VERSION').write_text(f'{major}\n')
    assert library.postgres._binaries() == versions.root / f'{major}/bin'


def test_cluster_of_a_version_that_is_gone(library, told, versions):
    (versions.data / '.ready').touch()
    (versions.data / 'PG_VERSION').write_text('13\n')
    with told('made by PostgreSQL 13, which is gone.*apt-get install postgresql-13'):
        library.postgres._binaries()


# === ODOO === #
def test_odoo_home_without_odoo(tmp_path):
    result = setup('odoo', '--version', ODOO_HOME=str(tmp_path))
    assert_told(result, f'ODOO_HOME={tmp_path} holds no Odoo (odoo/release.py is missing).')


def test_odoo_home_of_another_version(tmp_path):
    release = tmp_path / 'odoo' / 'release.py'
    release.parent.mkdir()
    release.write_text("version_info = (18, 0, 0, 'final', 0, '')\n")
    result = setup('odoo', '--version', ODOO_HOME=str(tmp_path))
    assert_told(result, f'{release} is not Odoo 19.0.')


@pytest.fixture
def archive(library, monkeypatch, tmp_path):
    """The Debian archive, which has the package `thing` and sends what the test says."""
    source = library.odoo_source
    apt = object.__new__(source._PrivateApt)
    apt.home = tmp_path
    (tmp_path / 'files').mkdir()
    good = b'the package'
    sha256 = hashlib.sha256(good).hexdigest()
    sent = SimpleNamespace(apt=apt, good=good, content=good, sha256=sha256, downloads=0)
    sent.uris = f"'http://mirror/thing_1_all.deb' thing_1_all.deb 11 SHA256:{sha256}\n"

    def ask(*_arguments, **_options):
        return SimpleNamespace(stdout=sent.uris, returncode=0)

    def run(_command, *, failure, cwd, **_options):
        sent.downloads += 1
        if sent.content is None:
            raise library.console.SetupError(f'{failure}: E: Failed to fetch')
        (cwd / 'thing_1_all.deb').write_bytes(sent.content)

    monkeypatch.setattr(source.subprocess, 'run', ask)
    monkeypatch.setattr(source, 'run', run)
    monkeypatch.setattr(apt, '_command', lambda: ['apt-get'], raising=False)
    return sent


def test_wrong_checksum_is_thrown_away(told, archive):
    archive.content = b'the pack'
    with told('thing: the downloaded file does not have the checksum the archive names'):
        archive.apt.fetch('thing', 'sid')
    assert not list((archive.apt.home / 'files').iterdir())
    # the next try goes on
    archive.content = archive.good
    sha256, path = archive.apt.fetch('thing', 'sid')
    assert sha256 == archive.sha256 and path.read_bytes() == archive.good


def test_broken_download_is_repeated(told, archive):
    archive.content = None
    with told('downloading thing: E: Failed to fetch'):
        archive.apt.fetch('thing', 'sid')
    (archive.apt.home / 'files/thing_1_all.deb').write_bytes(b'the p')
    archive.content = archive.good
    assert archive.apt.fetch('thing', 'sid')[1].read_bytes() == archive.good


def test_package_is_fetched_once(archive):
    for _time in range(2):
        archive.apt.fetch('thing', 'sid')
    assert archive.downloads == 1


def test_package_the_archive_does_not_have(told, archive):
    archive.uris = ''
    with told('the Debian archive has no package thing in sid'):
        archive.apt.fetch('thing', 'sid')


def test_broken_package(library, told, tmp_path):
    archive = tmp_path / 'broken.deb'
    archive.write_bytes(b'no archive')
    with told('unpacking broken.deb: '):
        library.odoo_source._unpack(archive, tmp_path)


@pytest.mark.parametrize(
    ('lines', 'expected'),
    [
        ('Packages Debian http://mirror.example.com/debian/', 'http://mirror.example.com/debian/'),
        ('Packages Ubuntu http://mirror.example.com/ubuntu/', None),
        ('Packages Docker https://download.example.com/linux/debian/', None),
    ],
)
def test_mirror_of_the_machine(library, monkeypatch, lines, expected):
    source = library.odoo_source
    monkeypatch.setattr(
        source.subprocess, 'run', lambda *_words, **_options: SimpleNamespace(stdout=f'{lines}\n')
    )
    monkeypatch.setattr(source, 'Path', lambda _path: Path('/nonexistent'))
    apt = object.__new__(source._PrivateApt)
    if expected:
        assert apt._configured_mirror() == expected
        return
    with pytest.raises(library.console.SetupError, match='AFTERCARE_DEBIAN_MIRROR'):
        apt._configured_mirror()


# === PROGRAMS === #
def test_without_npm_there_is_a_note(library, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(library.tools, 'BIN', tmp_path)
    monkeypatch.setattr(library.tools.shutil, 'which', lambda _name: None)
    library.tools._ensure_rtlcss()
    assert 'note: node and npm are missing' in capsys.readouterr().err


def test_failed_rtlcss_is_tried_again(library, monkeypatch, tmp_path, capsys):
    tools = library.tools
    monkeypatch.setattr(tools, 'BIN', tmp_path / 'bin')
    monkeypatch.setattr(tools, 'NODE', tmp_path / 'node')
    (tmp_path / 'bin').mkdir()
    monkeypatch.setattr(tools.shutil, 'which', lambda name: f'/usr/bin/{name}')

    def fail(_command, *, failure, **_options):
        raise library.console.SetupError(f'{failure}: npm error network')

    monkeypatch.setattr(tools, 'run', fail)
    tools._ensure_rtlcss()
    assert 'Farsi pages are not mirrored: npm error network' in capsys.readouterr().err
    assert not (tmp_path / 'bin/rtlcss').exists()

    def succeed(_command, *, cwd, **_options):
        (cwd / 'node_modules/.bin').mkdir(parents=True)
        (cwd / 'node_modules/.bin/rtlcss').touch()

    monkeypatch.setattr(tools, 'run', succeed)
    tools._ensure_rtlcss()
    assert (tmp_path / 'bin/rtlcss').exists()


def test_missing_system_package_names_the_line_to_type(library, told, monkeypatch):
    monkeypatch.setattr(library.console.os, 'getuid', lambda: 1000)
    with told('Chromium is needed. Type: sudo apt-get install --no-install-recommends chromium'):
        library.console.need_system_packages(['chromium'], 'Chromium')


# === COMMANDS === #
def test_failed_command_tells_its_last_error(library, told, monkeypatch, tmp_path):
    monkeypatch.setattr(library.console, 'LOG', tmp_path)
    script = (
        'echo begin; echo "E: no such thing"; echo "npm error A complete log of this run"; exit 3'
    )
    with told(f'doing it: E: no such thing .all of it in {tmp_path}/x.log'):
        library.console.run(['sh', '-c', script], log='x.log', failure='doing it')


def test_missing_command_is_named(library, told, monkeypatch, tmp_path):
    monkeypatch.setattr(library.console, 'LOG', tmp_path)
    with told('doing it: the command nothing-like-this is missing'):
        library.console.run(['nothing-like-this'], log='x.log', failure='doing it')


def test_failed_odoo_tells_its_error(library, told, monkeypatch, tmp_path):
    databases = library.databases
    launcher = tmp_path / 'launcher.py'
    launcher.write_text(
        "print('2026-01-01 00:00:00,000 1 ERROR db odoo.modules: view is broken')\n"
        "print('2026-01-01 00:00:00,000 1 INFO db odoo.modules: bye')\n"
    )
    monkeypatch.setattr(databases, 'LOG', tmp_path)
    monkeypatch.setattr(databases, 'LIB', tmp_path)
    # an error in the log counts, though Odoo returns 0
    with told('installing the addons: .* ERROR db odoo.modules: view is broken'):
        databases.Databases('', {}).install('db', ['x'], 'x.log')


# === TESTS === #


def test_several_addons_share_the_cores(library):
    paths = ['addons/aftercare_helpdesk', 'addons/aftercare_wallet', 'tests/journeys']
    *halves, journeys = library.command_test._jobs(paths)
    assert sorted(half.paths for half in halves) == [[paths[0]], [paths[1]]]
    assert journeys.demo and journeys.paths == [paths[2]]


def test_what_is_short_stays_together(library):
    paths = ['tests/test_layers.py', 'tests/test_pages.py::test_nothing_in_particular']
    [job] = library.command_test._jobs(paths)
    assert sorted(job.paths) == paths


def test_everything_is_run_once(library):
    jobs = library.command_test._jobs([])
    paths = [path for job in jobs for path in job.paths]
    folders = {
        str(path.parents[1].relative_to(ROOT)) for path in ROOT.glob('addons/*/tests/test_*.py')
    }
    assert sorted(paths) == sorted({*folders, 'tests', 'tests/journeys'})
