"""The virtualenv with the exact versions of requirements.txt."""

import hashlib
import os
import shutil
import sys
import venv

from console import SetupError, need_space, run, step
from paths import CACHE, REQUIREMENTS, ROOT, VENV, VENV_PYTHON


def requirements_key():
    digest = hashlib.sha256(f'{sys.version_info[:2]}'.encode())
    for path in sorted(REQUIREMENTS.glob('*.txt')):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def ensure():
    stamp = VENV / '.requirements'
    key = requirements_key()
    if stamp.is_file() and stamp.read_text() == key and VENV_PYTHON.exists():
        return
    need_space(1500)
    with step('Python packages'):
        if not VENV_PYTHON.exists():
            shutil.rmtree(VENV, ignore_errors=True)
            try:
                venv.create(VENV, with_pip=True)
            except Exception as error:
                shutil.rmtree(VENV, ignore_errors=True)
                raise SetupError(
                    f'no virtualenv could be made ({error}). Type: sudo apt-get install python3-venv'
                ) from None
        stamp.unlink(missing_ok=True)
        pip_install(
            ['-r', ROOT / 'requirements.txt'],
            log='pip.log',
            failure='installing the Python packages',
        )
        stamp.write_text(key)


def ensure_bench():
    """Add what only ./setup/bench needs."""
    stamp = VENV / '.requirements-bench'
    key = requirements_key()
    if stamp.is_file() and stamp.read_text() == key:
        return
    with step('Python packages of the reference'):
        pip_install(
            ['-r', REQUIREMENTS / 'bench.txt'],
            log='pip-bench.log',
            failure='installing the Python packages of the reference',
        )
        stamp.write_text(key)


def pip_install(packages, *, log, failure):
    """Install exactly these packages into the virtualenv."""
    options = ('--no-deps', '--prefer-binary', '-q', '--disable-pip-version-check')
    run(
        [VENV_PYTHON, '-m', 'pip', 'install', *options, *packages],
        log=log,
        failure=failure,
        env={'PIP_CACHE_DIR': str(CACHE / 'pip'), **os.environ},
    )
