"""Where things lie. Everything the scripts make is below LOCAL, inside the checkout."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / 'addons'
REQUIREMENTS = ROOT / 'setup' / 'requirements'
LIB = ROOT / 'setup' / 'lib'

LOCAL = Path(os.environ.get('AFTERCARE_LOCAL') or ROOT / '.local').absolute()
CACHE = LOCAL / 'cache'
LOG = LOCAL / 'log'
BIN = LOCAL / 'bin'
DATA = LOCAL / 'data'
VENV = LOCAL / 'venv'
ODOO_PREFIX = LOCAL / 'odoo'
NODE = LOCAL / 'node'
POSTGRES = LOCAL / 'postgres'
CONF = LOCAL / 'odoo.conf'

VENV_PYTHON = VENV / 'bin' / 'python'


def in_venv():
    return Path(sys.prefix).absolute() == VENV
