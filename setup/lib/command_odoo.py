"""./setup/odoo …: Odoo's own command line inside the project's environment."""

import os

from environment import prepare
from paths import LIB, VENV_PYTHON


def main(odoo_identity, arguments):
    env = prepare(odoo_identity).environment()
    os.execve(VENV_PYTHON, [str(VENV_PYTHON), str(LIB / 'launcher.py'), *arguments], env)
