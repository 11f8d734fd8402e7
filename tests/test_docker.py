"""The production shape is whole: what compose, nginx, Odoo and the scripts are told fits together.

`docker compose` and `nginx` judge the files themselves where they are installed.
"""

import configparser
import importlib.util
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

import odoo.sql_db
from odoo.tools import config

ROOT = Path(__file__).resolve().parents[1]
DOCKER = ROOT / 'setup' / 'docker'


# === COMPOSE === #
def expand(value):
    """Replace ${NAME:-default} as compose does with an empty environment."""
    if isinstance(value, dict):
        return {key: expand(item) for key, item in value.items()}
    if isinstance(value, list):
        return [expand(item) for item in value]
    if isinstance(value, str):
        return re.sub(r'\$\{\w+:-([^}]*)\}', r'\1', value)
    return value


@pytest.fixture(scope='module')
def compose():
    return expand(yaml.safe_load((ROOT / 'docker-compose.yml').read_text('utf-8')))


def test_compose_accepts_the_file():
    command = ['docker', 'compose']
    if (
        shutil.which('docker')
        and not subprocess.run([*command, 'version'], check=False, capture_output=True).returncode
    ):
        profiles = ['--profile', 'backup', '--profile', 'replica']
        result = subprocess.run(
            [*command, *profiles, 'config', '--quiet'],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr


def test_compose_names_what_exists(compose):
    known = {
        *('image', 'build', 'command', 'environment', 'secrets', 'volumes', 'networks', 'ports'),
        *('healthcheck', 'deploy', 'depends_on', 'restart', 'security_opt', 'logging', 'init'),
        *('stop_grace_period', 'shm_size', 'profiles', 'entrypoint'),
    }
    services = compose['services']
    for name, service in services.items():
        assert set(service) <= known, name
        assert set(service.get('depends_on', ())) <= set(services)
        assert set(service.get('secrets', ())) <= set(compose['secrets'])
        assert set(service['networks']) <= set(compose['networks'])
        for other in service.get('depends_on', ()):
            assert 'healthcheck' in services[other], f'{name} waits for the health of {other}'
        for volume in service.get('volumes', ()):
            source = volume.split(':')[0]
            if source.startswith('./.local/'):
                continue  # made by the administrator
            assert (ROOT / source).is_file() if source[0] == '.' else source in compose['volumes']


def test_every_service_is_limited_and_restarts(compose):
    for name, service in compose['services'].items():
        assert service['restart'] == 'unless-stopped', name
        assert service['security_opt'] == ['no-new-privileges:true'], name
        assert set(service['deploy']['resources']['limits']) == {'cpus', 'memory'}, name
        assert service['logging']['options']['max-size'], name
        assert ('healthcheck' in service) == (name != 'backup'), name


def test_images_are_named_by_version(compose):
    images = [service['image'] for service in compose['services'].values()]
    base = re.findall(r'^FROM (\S+)', (DOCKER / 'Dockerfile').read_text(), re.M)
    assert base == ['odoo:19.0']
    assert images.count('postgres:16') == 3
    assert all(re.fullmatch(r'[a-z]+:\d+(\.\d+)?', image) for image in images)


def test_only_nginx_is_reached_from_outside(compose):
    assert [name for name, service in compose['services'].items() if service.get('ports')] == [
        'nginx'
    ]
    assert compose['networks']['database'] == {'internal': True}
    assert compose['services']['nginx']['networks'] == ['web']
    assert compose['services']['db']['networks'] == ['database']


def test_backup_takes_its_command(compose):
    """`docker compose run backup now` replaces the command, not the script."""
    backup = compose['services']['backup']
    assert backup['entrypoint'] == ['bash', '/backup.sh'] and backup['command'] == ['nightly']


def test_passwords_come_from_files(compose):
    assert set(compose['secrets']) == {
        *('db_password', 'master_password', 'admin_password', 'smtp_password', 'license_secret')
    }
    assert all(list(secret) == ['file'] for secret in compose['secrets'].values())
    for service in compose['services'].values():
        for variable in service.get('environment', ()):
            assert 'PASSWORD' not in variable or variable.endswith('_FILE')


def test_connections_suffice_for_all_processes(compose):
    """Each process keeps up to db_maxconn connections, the gevent one db_maxconn_gevent."""
    command = compose['services']['db']['command']
    allowed = next(int(word.split('=')[1]) for word in command if 'max_connections' in word)
    options = odoo_options()
    environment = compose['services']['odoo']['environment']
    processes = int(environment['WORKERS']) + int(environment['MAX_CRON_THREADS'])
    needed = processes * int(options['db_maxconn']) + int(options['db_maxconn_gevent'])
    assert needed + 20 <= allowed


def test_memory_suffices_for_all_workers(compose):
    limits = compose['services']['odoo']['deploy']['resources']['limits']
    gigabytes = int(re.fullmatch(r'(\d+)g', limits['memory'])[1])
    environment = compose['services']['odoo']['environment']
    processes = int(environment['WORKERS']) + int(environment['MAX_CRON_THREADS']) + 2
    assert gigabytes * 2**30 >= processes * 600 * 2**20


def test_environment_reaches_odoo(compose):
    names = {name.lower() for name in compose['services']['odoo']['environment']}
    assert names - {'aftercare_url', 'db_name', 'languages'} <= set(entry().OPTIONS)


# === IMAGE === #
def test_image_copies_what_exists_and_is_not_ignored():
    ignored = (DOCKER / 'Dockerfile.dockerignore').read_text().split()
    text = (DOCKER / 'Dockerfile').read_text()
    for sources in re.findall(r'^COPY (.+) \S+$', text, re.M):
        for source in sources.split():
            assert (ROOT / source).exists()
            assert f'!{source}' in ignored
    assert re.search(r'pip install [^&]*--no-deps', text)


def odoo_options():
    parser = configparser.RawConfigParser()
    parser.read(DOCKER / 'odoo.conf')
    return dict(parser['options'])


def test_odoo_knows_the_options():
    assert set(odoo_options()) <= set(config.options_index)
    # an option of ours, which Odoo keeps as it is
    known = {*config.options_index, 'aftercare_license_secret'}
    assert set(entry().OPTIONS) | set(entry().SECRET_OPTIONS) <= known


def test_odoo_is_closed_and_scaled():
    options = odoo_options()
    assert options['proxy_mode'] == 'True'
    assert options['list_db'] == 'False'
    assert int(options['workers']) > 0
    # a filter would list the databases on each request
    assert 'dbfilter' not in options
    assert int(options['limit_memory_soft']) < int(options['limit_memory_hard'])


# === ENTRY === #
def entry():
    os.environ.setdefault('ODOO_RC', '/nonexistent')
    spec = importlib.util.spec_from_file_location('aftercare_entry', DOCKER / 'entry.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def container(tmp_path, monkeypatch):
    """The entry with its secrets and configuration in a temporary folder."""
    for name in ('WORKERS', 'DB_HOST', 'DB_NAME', 'AFTERCARE_URL', 'HTTP_PORT', 'LOG_LEVEL'):
        monkeypatch.delenv(name, raising=False)
    module = entry()
    module.SECRETS, module.CONF = tmp_path, tmp_path / 'odoo.conf'
    for name in ('db_password', 'master_password', 'admin_password', 'license_secret'):
        (tmp_path / name).write_text(f'{name} 100%\n')
    return module


def test_entry_writes_secrets_into_a_private_file(container, monkeypatch):
    monkeypatch.setenv('WORKERS', '9')
    monkeypatch.setenv('DB_REPLICA_HOST', '')
    container.write_configuration()
    parser = configparser.RawConfigParser(strict=True)
    parser.read(container.CONF)
    options = parser['options']
    assert options['db_password'] == 'db_password 100%'
    assert options['admin_passwd'] == 'master_password 100%'
    assert options['aftercare_license_secret'] == 'license_secret 100%'
    assert options['workers'] == '9'
    assert options['db_name'] == 'aftercare'
    assert options['list_db'] == 'False'
    # an empty host would be a replica, too
    assert 'db_replica_host' not in options
    assert stat.S_IMODE(container.CONF.stat().st_mode) == 0o600


def test_entry_refuses_the_default_master_password(container):
    (container.SECRETS / 'master_password').write_text('\n')
    with pytest.raises(SystemExit, match='master_password is missing or empty'):
        container.write_configuration()


@pytest.fixture
def cursor():
    with odoo.sql_db.db_connect(config['db_name'][0]).cursor() as cursor:
        yield cursor
        cursor.rollback()


def admin_password(cursor):
    cursor.execute("SELECT password FROM res_users WHERE login = 'admin'")
    return cursor.fetchone()[0]


def test_entry_replaces_the_password_of_a_new_database(container, cursor):
    container.set_admin_password(cursor)
    hashed = admin_password(cursor)
    assert container.CryptContext(['pbkdf2_sha512']).verify('admin_password 100%', hashed)
    # a second start leaves it alone
    container.set_admin_password(cursor)
    assert admin_password(cursor) == hashed


def test_entry_serves_no_default_password(container, cursor):
    (container.SECRETS / 'admin_password').unlink()
    with pytest.raises(SystemExit, match='admin_password is missing or empty'):
        container.set_admin_password(cursor)


def test_entry_freezes_the_public_address(container, cursor, monkeypatch):
    monkeypatch.setenv('AFTERCARE_URL', 'https://support.example.com/')
    container.set_addresses(cursor)
    cursor.execute(
        "SELECT key, value FROM ir_config_parameter WHERE key ~ '^(web.base|report).url'"
    )
    assert dict(cursor.fetchall()) == {
        'web.base.url': 'https://support.example.com',
        'web.base.url.freeze': 'True',
        'report.url': 'http://127.0.0.1:8069',
    }


# === NGINX === #
def parse(text):
    """Return nginx's configuration as nested lists [words…, block or None]."""
    words = re.findall(
        r'"(?:\\.|[^"])*"|\'(?:\\.|[^\'])*\'|[{};]|[^\s{};]+', re.sub(r'(?m)#.*', '', text)
    )

    def block():
        found, statement = [], []
        while words:
            word = words.pop(0)
            if word == ';':
                found.append([*statement, None])
                statement = []
            elif word == '{':
                found.append([*statement, block()])
                statement = []
            elif word == '}':
                assert not statement, f'no semicolon after {statement}'
                return found
            else:
                statement.append(word.strip('"\''))
        assert not statement, f'no semicolon after {statement}'
        return found

    return block()


def select(block, *words):
    return [item for item in block if tuple(item[: len(words)]) == words]


@pytest.fixture(scope='module')
def http():
    tree = parse((DOCKER / 'nginx.conf').read_text())
    return select(tree, 'http')[0][-1]


@pytest.fixture(scope='module')
def server(http):
    return select(http, 'server')[-1][-1]


def location(server, path):
    """Return the block nginx chooses for the path: exact, then expression, then longest prefix."""
    prefixes = []
    for _word, *match, block in select(server, 'location'):
        if match[0] == '=' and match[1] == path:
            return block
        if match[0] == '^~' and path.startswith(match[1]):
            return block
        if len(match) == 1 and path.startswith(match[0]):
            prefixes.append((len(match[0]), block))
    for _word, *match, block in select(server, 'location', '~'):
        if re.search(match[1], path):
            return block
    return max(prefixes, key=lambda item: item[0])[1]


def zones(block):
    return {re.search(r'zone=(\w+)', ' '.join(item[:-1]))[1] for item in select(block, 'limit_req')}


@pytest.mark.parametrize(
    ('path', 'expected'),
    [
        ('/', {'page'}),
        ('/my/tickets', {'page'}),
        ('/helpdesk/support', {'page', 'form'}),
        ('/zh_CN/helpdesk/support', {'page', 'form'}),
        ('/fa/website/form/helpdesk.ticket', {'page', 'form'}),
        ('/helpdesk-guide', {'page'}),
        ('/web/login', {'page', 'login'}),
        ('/es/web/reset_password', {'page', 'login'}),
        ('/web/session/authenticate', {'page', 'login'}),
        ('/license/v1/validate', {'license'}),
        ('/json/2/res.partner/read', {'api'}),
        ('/web/static/img/logo.png', set()),
        ('/web/assets/1/abc/web.assets_web.min.js', set()),
    ],
)
def test_nginx_limits(server, path, expected):
    assert zones(location(server, path)) == expected


def test_nginx_defines_the_zones_it_uses(http, server):
    defined = {
        re.search(r'zone=(\w+)', ' '.join(item[:-1]))[1] for item in select(http, 'limit_req_zone')
    }
    used = set().union(*(zones(item[-1]) for item in select(server, 'location')))
    assert used == defined


def test_nginx_counts_only_what_is_sent(http):
    senders = {item[-2] for item in select(http, 'limit_req_zone', '$sender')}
    assert senders == {'rate=10r/m', 'rate=12r/m'}


def test_nginx_tells_odoo_who_asks(http, server):
    """Odoo ignores all X-Forwarded headers if X-Forwarded-Host is missing."""
    headers = {item[1]: item[2] for item in select(http, 'proxy_set_header')}
    assert headers['X-Forwarded-Host'] == headers['Host'] == '$http_host'
    assert headers['X-Forwarded-Proto'] == '$proto'
    # never appended to what the visitor sent
    assert headers['X-Forwarded-For'] == headers['X-Real-IP'] == '$remote_addr'
    # one more such line in an inner block would undo all of these
    assert not select(server, 'proxy_set_header')
    assert not any(select(item[-1], 'proxy_set_header') for item in select(server, 'location'))


def test_nginx_passes_to_the_right_process(server):
    variables = {item[1]: item[2] for item in select(server, 'set')}
    assert variables == {'$odoo': 'odoo:8069', '$bus': 'odoo:8072'}
    assert select(location(server, '/websocket'), 'proxy_pass', 'http://$bus')
    for path in ('/', '/web/login', '/helpdesk/x', '/license/v1/x', '/web/static/x', '/xmlrpc/2/y'):
        assert select(location(server, path), 'proxy_pass', 'http://$odoo')


def test_nginx_upgrades_websockets(http):
    headers = {item[1]: item[2] for item in select(http, 'proxy_set_header')}
    assert headers['Upgrade'] == '$http_upgrade'
    assert headers['Connection'] == '$connection_upgrade'


def test_nginx_hides_the_database_manager(server):
    assert select(location(server, '/web/database/manager'), 'return', '404')


def test_nginx_lets_the_certificate_be_fetched(server):
    block = location(server, '/.well-known/acme-challenge/token')
    assert select(block, 'root', '/var/www/acme') and not select(block, 'proxy_pass')


def test_nginx_caches_files_without_sessions(server):
    block = location(server, '/web/assets/1/abc/web.assets_web.min.css')
    assert select(block, 'proxy_cache', 'odoo')
    assert select(block, 'proxy_hide_header', 'Set-Cookie')
    # whether someone may see these depends on who asks
    for path in ('/web/image/1', '/web/content/1', '/my/tickets'):
        assert not select(location(server, path), 'proxy_cache')


def test_nginx_allows_attachments_and_compresses(http):
    assert select(http, 'client_max_body_size', '25m')
    assert select(http, 'gzip', 'on')


@pytest.fixture
def start_nginx(tmp_path):
    """Runs nginx-entry.sh with a stand-in for nginx and returns what it wrote."""
    (tmp_path / 'nginx').write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / 'nginx').chmod(0o755)
    (tmp_path / 'tls').mkdir()

    def start(**variables):
        environment = {
            'PATH': f'{tmp_path}:{os.environ["PATH"]}',
            'OUT': str(tmp_path / 'out'),
            'TLS': str(tmp_path / 'tls'),
            **variables,
        }
        result = subprocess.run(
            ['sh', DOCKER / 'nginx-entry.sh'],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert 'daemon off;' in result.stdout
        return {path.name: path.read_text() for path in (tmp_path / 'out').iterdir()}

    start.tls = tmp_path / 'tls'
    return start


def test_nginx_serves_plain_http_without_a_certificate(start_nginx):
    files = start_nginx()
    assert parse(files['listen.conf'])[0][:2] == ['listen', '80']
    assert not files['redirect.conf'] and not files['others.conf']
    assert parse(files['names.conf']) == [['server_name', '_', None]]


def test_nginx_serves_tls_with_a_certificate(start_nginx):
    for name in ('fullchain.pem', 'privkey.pem'):
        (start_nginx.tls / name).touch()
    files = start_nginx(SERVER_NAMES='support.example.com')
    assert ['listen', '443', 'ssl', None] in parse(files['listen.conf'])
    assert 'Strict-Transport-Security' in files['listen.conf']
    assert 'return 301 https://$host$request_uri;' in files['redirect.conf']
    other = parse(files['others.conf'])[0][-1]
    assert select(other, 'listen', '443', 'ssl', 'default_server')
    assert select(other, 'return', '444') and len(select(other, 'ssl_certificate')) == 1


def test_nginx_trusts_nobody_by_itself(start_nginx):
    tree = parse(start_nginx()['real_ip.conf'])
    assert not select(tree, 'set_real_ip_from')
    assert select(tree, 'geo')[0][-1] == [['default', '0', None]]


def test_nginx_trusts_the_named_proxies(start_nginx):
    files = start_nginx(
        TRUSTED_PROXIES='203.0.113.0/24 2001:db8::/32', REAL_IP_HEADER='CF-Connecting-IP'
    )
    tree = parse(files['real_ip.conf'])
    assert [item[1] for item in select(tree, 'set_real_ip_from')] == [
        *('203.0.113.0/24', '2001:db8::/32')
    ]
    assert ['203.0.113.0/24', '1', None] in select(tree, 'geo')[0][-1]
    assert select(tree, 'real_ip_header', 'CF-Connecting-IP')


def test_nginx_accepts_the_configuration(start_nginx, tmp_path):
    if nginx := shutil.which('nginx', path=f'{os.environ["PATH"]}:/usr/sbin'):
        start_nginx()
        text = (DOCKER / 'nginx.conf').read_text()
        for old, new in {
            '/etc/nginx/aftercare': tmp_path / 'out',
            '/var/cache/nginx/odoo': tmp_path / 'cache',
            '/var/run/nginx.pid': tmp_path / 'pid',
            'user nginx;': '',
        }.items():
            text = text.replace(old, str(new))
        (tmp_path / 'nginx.conf').write_text(text)
        result = subprocess.run(
            [nginx, '-t', '-c', tmp_path / 'nginx.conf'],
            capture_output=True,
            text=True,
            check=False,
        )
        assert 'syntax is ok' in result.stderr, result.stderr


# === SCRIPTS === #
@pytest.mark.parametrize('name', ['postgres-init.sh', 'replica.sh', 'backup.sh'])
def test_shell_accepts_the_scripts(name):
    subprocess.run(['bash', '-n', DOCKER / name], check=True)


@pytest.fixture
def backup(tmp_path):
    """Runs backup.sh with stand-ins for PostgreSQL's programs."""
    programs = {
        'pg_dump': 'while [ "$1" != -f ]; do shift; done; [ -z "$FAIL_DUMP" ] && echo dump > "$2"',
        'pg_restore': '[ -z "$FAIL_CHECK" ]',
        'psql': ':',
    }
    (tmp_path / 'bin').mkdir()
    for name, body in programs.items():
        (tmp_path / 'bin' / name).write_text(f'#!/bin/bash\n{body}\n')
        (tmp_path / 'bin' / name).chmod(0o755)
    (tmp_path / 'data/filestore/aftercare/checklist').mkdir(parents=True)

    def run(*arguments, **variables):
        environment = {
            'PATH': f'{tmp_path}/bin:{os.environ["PATH"]}',
            'BACKUPS': str(tmp_path / 'backups'),
            'DATA_DIR': str(tmp_path / 'data'),
            **variables,
        }
        return subprocess.run(
            ['bash', DOCKER / 'backup.sh', *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    run.files = tmp_path / 'data/filestore/aftercare'
    run.folder = tmp_path / 'backups'
    return run


# the SHA-1 of "hello\n" is the name Odoo gives its attachment
HELLO = 'f5/f572d396fae9206628714fb2ce00f72e94f2258f'


def test_backup_keeps_dump_and_files(backup):
    (backup.files / 'f5').mkdir()
    (backup.files / HELLO).write_text('hello\n')
    result = backup('now')
    assert result.returncode == 0, result.stderr
    assert len(list(backup.folder.glob('aftercare-*.dump'))) == 1
    assert (backup.folder / 'filestore' / HELLO).read_text() == 'hello\n'
    # what is deleted from the file store stays, since older dumps name it
    (backup.files / HELLO).unlink()
    assert backup('now').returncode == 0
    assert (backup.folder / 'filestore' / HELLO).exists()


def test_backup_notices_a_damaged_attachment(backup):
    (backup.files / 'f5').mkdir()
    (backup.files / HELLO).write_text('hell')
    result = backup('now')
    assert result.returncode and 'damaged' in result.stdout
    assert not (backup.folder / 'filestore' / HELLO).exists()


@pytest.mark.parametrize('failure', ['FAIL_DUMP', 'FAIL_CHECK'])
def test_failed_backup_leaves_no_dump_and_removes_none(backup, failure):
    backup.folder.mkdir()
    old = backup.folder / 'aftercare-20200101-000000.dump'
    old.touch()
    os.utime(old, (0, 0))
    assert backup('now', **{failure: '1'}).returncode
    assert list(backup.folder.glob('*.dump')) == [old]


def test_backup_removes_what_is_older_than_asked(backup):
    backup.folder.mkdir()
    old = backup.folder / 'aftercare-20200101-000000.dump'
    old.touch()
    os.utime(old, (0, 0))
    assert backup('now').returncode == 0
    assert not old.exists()


def test_restore_names_a_missing_dump(backup):
    result = backup('restore', 'nothing.dump', 'copy')
    assert result.returncode == 1 and 'there is no' in result.stdout
