"""Entry of the production container.

Without arguments it writes the configuration, sets up the database the first time and serves.
Any argument is a command or an option of Odoo's own command line: `shell`, `-u all --stop-after-init`.
"""

import os
import sys
import time
from pathlib import Path
from subprocess import run

import psycopg2
from passlib.context import CryptContext

TEMPLATE = Path(__file__).with_name('odoo.conf')
SECRETS = Path(os.environ.get('SECRETS_DIR', '/run/secrets'))
CONF = Path(os.environ['ODOO_RC'])
ODOO = os.environ.get('ODOO_COMMAND', 'odoo').split()
DATABASE = os.environ.get('DB_NAME', 'aftercare')
# What the environment may set, beside the passwords.
OPTIONS = (
    *('db_host', 'db_port', 'db_user', 'db_sslmode', 'db_replica_host', 'db_replica_port'),
    *('workers', 'max_cron_threads', 'db_maxconn', 'limit_memory_soft', 'limit_memory_hard'),
    *('limit_time_real', 'limit_time_real_cron', 'log_level', 'addons_path', 'data_dir'),
    *('smtp_server', 'smtp_port', 'smtp_ssl', 'smtp_user', 'email_from', 'from_filter'),
    *('http_port', 'gevent_port', 'http_interface'),
)
SECRET_OPTIONS = {
    'db_password': 'db_password',
    'admin_passwd': 'master_password',
    'smtp_password': 'smtp_password',
    'aftercare_license_secret': 'license_secret',
}


def main(arguments):
    options = write_configuration()
    if not arguments:
        wait_for_database(options)
        set_up(options)
    os.execvp(ODOO[0], [*ODOO, *arguments])


def secret(name):
    path = SECRETS / name
    return path.read_text('utf-8').strip() if path.is_file() else ''


def write_configuration():
    """Write the template with the options of the environment and return these."""
    options = {'db_name': DATABASE, 'db_host': 'db', 'db_user': 'odoo'}
    options |= {name: os.environ[name.upper()] for name in OPTIONS if os.environ.get(name.upper())}
    options |= {name: secret(file) for name, file in SECRET_OPTIONS.items() if secret(file)}
    if not options.get('admin_passwd'):
        sys.exit(f'aftercare: {SECRETS / "master_password"} is missing or empty.')
    lines = [
        line
        for line in TEMPLATE.read_text('utf-8').splitlines()
        if line.partition('=')[0].strip() not in options
    ]
    lines += [f'{name} = {value}' for name, value in options.items()]
    CONF.touch(mode=0o600)
    CONF.write_text('\n'.join(lines) + '\n', 'utf-8')
    return options


def connect(options, database):
    connection = psycopg2.connect(
        host=options['db_host'],
        port=options.get('db_port'),
        user=options['db_user'],
        password=options.get('db_password'),
        sslmode=options.get('db_sslmode', 'prefer'),
        dbname=database,
        connect_timeout=5,
    )
    connection.autocommit = True
    return connection


def wait_for_database(options, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return connect(options, 'postgres').close()
        except psycopg2.OperationalError as error:
            if time.monotonic() > deadline:
                sys.exit(f'aftercare: PostgreSQL at {options["db_host"]}: {error}')
            time.sleep(1)


def set_up(options):
    """Install the suite in a new database and make sure that no default password remains."""
    lock = connect(options, 'postgres')
    with lock.cursor() as cursor:
        # of several containers that start together, one installs and the others wait
        cursor.execute("SELECT pg_advisory_lock(hashtext('aftercare set-up'))")
    if not is_installed(options):
        print('aftercare: installing the suite, which takes some minutes', flush=True)
        command = [*ODOO, '-i', 'aftercare', '--stop-after-init', '--no-http', '--workers=0']
        if languages := os.environ.get('LANGUAGES'):
            command += [f'--load-language={languages}']
        run(command, check=True)
        if not is_installed(options):
            sys.exit('aftercare: the installation failed; the lines above say why.')
    connection = connect(options, DATABASE)
    with connection.cursor() as cursor:
        set_admin_password(cursor)
        set_addresses(cursor)
    connection.close()
    lock.close()


def is_installed(options):
    with connect(options, 'postgres').cursor() as cursor:
        cursor.execute('SELECT 1 FROM pg_database WHERE datname = %s', [DATABASE])
        if not cursor.fetchone():
            return False
    with connect(options, DATABASE).cursor() as cursor:
        cursor.execute("SELECT to_regclass('ir_module_module')")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(
            "SELECT 1 FROM ir_module_module WHERE name = 'aftercare' AND state = 'installed'"
        )
        return bool(cursor.fetchone())


def set_admin_password(cursor):
    """Replace the password `admin` of a new database by the secret one."""
    context = CryptContext(['pbkdf2_sha512', 'plaintext'], deprecated=['auto'])
    cursor.execute("SELECT id, password FROM res_users WHERE login = 'admin' AND active")
    for user_id, hashed in cursor.fetchall():
        if hashed and context.verify('admin', hashed):
            password = secret('admin_password')
            if not password:
                sys.exit(f'aftercare: {SECRETS / "admin_password"} is missing or empty.')
            cursor.execute(
                'UPDATE res_users SET password = %s WHERE id = %s',
                [context.hash(password), user_id],
            )


def set_addresses(cursor):
    """Links in mails lead to the public address; PDFs are printed from the server itself."""
    values = {'report.url': f'http://127.0.0.1:{os.environ.get("HTTP_PORT", 8069)}'}
    if url := os.environ.get('AFTERCARE_URL', '').rstrip('/'):
        values |= {'web.base.url': url, 'web.base.url.freeze': 'True'}
    for key, value in values.items():
        cursor.execute(
            'INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) '
            'ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value',
            [key, value],
        )


if __name__ == '__main__':
    main(sys.argv[1:])
