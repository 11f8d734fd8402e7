"""The options of ./setup/run, judged before anything is built."""

import argparse
import socket

from console import SetupError

LANGUAGES = {
    'en': 'en_US',
    'zh': 'zh_CN',
    'zh_CN': 'zh_CN',
    'zh_TW': 'zh_TW',
    'es': 'es_ES',
    'fa': 'fa_IR',
}


def check(arguments):
    """Return the options; raise SetupError for a port that cannot be had."""
    parser = argparse.ArgumentParser(
        prog='./setup/run',
        description='A populated system in one command: builds what is missing, creates the demo '
        'company once, starts the server on 127.0.0.1 and prints its address and the logins.',
    )
    parser.add_argument('--port', type=int, default=8069, help='the port to listen on (8069)')
    parser.add_argument('--database', help='the name of the database (aftercare)')
    parser.add_argument(
        '--no-demo', action='store_true', help='an empty system instead of the demo company'
    )
    parser.add_argument(
        '--lang', choices=LANGUAGES, help='the language of the demo users and the website'
    )
    parser.add_argument('--fresh', action='store_true', help='drop the database and create it anew')
    options = parser.parse_args(arguments)
    _check_port(options.port)
    return options


def _check_port(port):
    if not 0 < port < 65536:
        raise SetupError(f'{port} is no port: name one between 1 and 65535.')
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except PermissionError:
            raise SetupError(
                f'port {port} is reserved for the administrator; choose one above 1023.'
            ) from None
        except OSError:
            raise SetupError(f'port {port} is in use; choose another with --port.') from None
