"""./setup/run: a populated system in one command."""

import contextlib
import subprocess
import sys
import threading
import time
import urllib.request

import run_options
from console import SetupError, exclusive, say
from databases import wait_until
from environment import prepare
from mail_sink import MailSink
from paths import LIB, LOCAL, ROOT, VENV_PYTHON


def main(odoo_identity, arguments):
    options = run_options.check(arguments)
    env = prepare(odoo_identity)
    name = options.database or ('aftercare_empty' if options.no_demo else 'aftercare')
    with exclusive():
        _ensure_database(env, name, options)
    if options.lang:
        _set_language(env, name, run_options.LANGUAGES[options.lang])
    return _serve(env, name, options)


def _ensure_database(env, name, options):
    if options.fresh and env.exists(name):
        env.drop(name)
    if not env.exists(name):
        if options.no_demo:
            env.create(name, env.ensure_dependencies())
            env.install(name, ['aftercare'], 'install_empty.log')
            env.remember(name)
        else:
            env.create(name, env.ensure_demo())
        return
    if missing := env.missing(name):
        say(f'  … installing new addons: {", ".join(missing)}')
        env.install(name, missing, 'install_new.log')
        env.remember(name)
    if outdated := env.outdated(name):
        say(f'  … updating {", ".join(outdated)}')
        env.update(name, outdated)


def _set_language(env, name, code):
    script = (LIB / 'set_language.py').read_text().replace('{{code}}', code)
    env.odoo(
        ['shell', '-d', name, '--no-http', '--max-cron-threads=0'],
        'language.log',
        'setting the language',
        input_text=script,
    )


def _serve(env, name, options):
    mail = MailSink(LOCAL / 'mail' / name)
    command = [
        *(VENV_PYTHON, LIB / 'launcher.py', '-d', name),
        *('--http-interface', '127.0.0.1', '--http-port', str(options.port)),
        *('--smtp', '127.0.0.1', '--smtp-port', str(mail.port)),
    ]
    server = subprocess.Popen([str(part) for part in command], env=env.environment(), cwd=ROOT)
    address = f'http://127.0.0.1:{options.port}'

    def greet():
        with contextlib.suppress(SetupError):
            wait_until(lambda: server.poll() is not None or _answers(address), 120, '')
            if server.poll() is None:
                _print_welcome(env, name, address)

    threading.Thread(target=greet, daemon=True).start()
    try:
        return server.wait()
    except KeyboardInterrupt:
        return _stop(server)


def _stop(server):
    server.terminate()
    try:
        return server.wait(timeout=15)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def _answers(address):
    try:
        with urllib.request.urlopen(f'{address}/web/health', timeout=2) as answer:
            return answer.status == 200
    except OSError:
        time.sleep(0.2)
        return False


def _print_welcome(env, name, address):
    logins = env.query(
        "SELECT value FROM ir_config_parameter WHERE key = 'aftercare.demo_logins'", name=name
    )
    say(f'\n  Aftercare runs at {address}\n')
    if logins:
        say(f'{logins[0][0]}\n')
    else:
        say('  Sign in as  admin / admin\n')
    say(f'  Mail is not sent; it is kept in {LOCAL / "mail" / name}')
    say('  Stop it with Ctrl-C.\n')
    sys.stderr.flush()
