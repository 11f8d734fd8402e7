"""A server that a measurement starts on a port of its own, and ends with the block."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

LIB = Path(__file__).parents[1]


class Server:
    """Any server; a subclass says how it is started.

    :param Path folder: for its log
    :param str path: what is asked until there is an answer, be it an error
    """

    def __init__(self, folder, path='/'):
        self.folder, self.path = folder, path
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]

    def get_command(self):
        """Return the words of the command line."""
        raise NotImplementedError

    def get_environment(self):
        """Return what the environment has besides that of this process."""
        return {}

    def __enter__(self):
        self.log = (self.folder / 'log').open('w')
        self.process = subprocess.Popen(
            [str(word) for word in self.get_command()],
            env={**os.environ, **self.get_environment()},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        deadline = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(f'http://127.0.0.1:{self.port}{self.path}', timeout=30)
                return self
            except urllib.error.HTTPError:
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / 'log').read_text()[-2000:]) from None
                time.sleep(0.2)

    def __exit__(self, *_error):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


class Odoo(Server):
    """Odoo with two workers on a database.

    :param words: more words of the command line
    """

    def __init__(self, database, folder, *words, path='/web/health'):
        super().__init__(folder, path)
        self.database, self.words = database, words

    def get_command(self):
        return (
            *(sys.executable, LIB / 'launcher.py', '-d', self.database, *self.words),
            *('--workers', 2, '--max-cron-threads', 0, '--log-level', 'error'),
            *('--http-interface', '127.0.0.1', '--http-port', self.port),
            *('--gevent-port', self.port + 1),
        )
