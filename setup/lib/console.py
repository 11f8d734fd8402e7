"""Progress on the screen, commands with their output kept in a log, one clear line on failure."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

from paths import LOCAL, LOG


class SetupError(Exception):
    """A failure told to the user in one line, without a traceback."""


def say(text):
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title):
    """Print a title, run the block, print how long it took."""
    say(f'  … {title}')
    start = time.monotonic()
    yield
    say(f'  ✓ {title} ({time.monotonic() - start:.0f} s)')


def follow(process, path, pattern, pause=20):
    """Wait for the process and show, on a line of its own, what of its log matches the pattern.

    A terminal sees every change on one line; a log file gets one line per `pause` seconds.
    """
    shown, told = '', time.monotonic()
    with path.open(encoding='utf-8', errors='replace') as log:
        while process.poll() is None:
            for line in log:
                if found := pattern.search(line.rstrip()):
                    shown = next(part for part in found.groups() if part)
            if shown and sys.stderr.isatty():
                print(f'\r\033[K    {shown}', end='', file=sys.stderr, flush=True)
            elif shown and time.monotonic() - told > pause:
                say(f'    {shown}')
                shown, told = '', time.monotonic()
            time.sleep(0.2)
    if sys.stderr.isatty():
        print('\r\033[K', end='', file=sys.stderr, flush=True)


def run(command, *, log, failure, env=None, cwd=None, input_text=None):
    """Run a command with its output in LOG/<log>; raise SetupError(failure) with the log's last line."""
    LOG.mkdir(parents=True, exist_ok=True)
    path = LOG / log
    with path.open('w', encoding='utf-8') as output:
        try:
            result = subprocess.run(
                [str(part) for part in command],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                input=input_text,
                text=True,
                **({} if input_text is not None else {'stdin': subprocess.DEVNULL}),
            )
        except FileNotFoundError:
            raise SetupError(f'{failure}: the command {command[0]} is missing.') from None
    if result.returncode:
        raise SetupError(f'{failure}: {_last_line(path)} (all of it in {path})')
    return path


def _last_line(path):
    lines = [line.strip() for line in path.read_text('utf-8', 'replace').splitlines()]
    noise = ('is ignored: it is neither', 'A complete log of this run')
    lines = [line for line in lines if line and not any(part in line for part in noise)]
    errors = [line for line in lines if line.startswith(('E:', 'ERROR', 'error', 'npm error'))]
    return (errors or lines or ['no output'])[-1][:300]


@contextmanager
def exclusive():
    """Only one set-up at a time builds; others wait for it."""
    LOCAL.mkdir(parents=True, exist_ok=True)
    with (LOCAL / 'setup.lock').open('w') as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say('  … waiting for another ./setup command to finish building')
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def need_space(megabytes):
    LOCAL.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(LOCAL).free // 2**20
    if free < megabytes:
        raise SetupError(f'{megabytes} MB of free disk are needed in {LOCAL}, {free} MB are left.')


def need_system_packages(packages, why):
    """Install Debian packages as root after saying so; otherwise tell the line to type."""
    line = f'apt-get install --no-install-recommends {" ".join(packages)}'
    if os.getuid() != 0 or not shutil.which('apt-get'):
        raise SetupError(f'{why} is needed. Type: sudo {line}')
    say(f'  $ {line}')
    env = {**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'}
    run(['apt-get', 'update', '-q'], log='apt.log', failure='apt-get update', env=env)
    run(
        ['apt-get', 'install', '-q', '-y', '--no-install-recommends', *packages],
        log='apt.log',
        failure=f'installing {why}',
        env=env,
    )
