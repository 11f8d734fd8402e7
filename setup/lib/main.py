"""./setup/run, test, odoo, lint, bench: builds the environment, then does what was asked."""

import ast
import importlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import odoo_source
import paths
import python_env
import run_options
from console import SetupError, exclusive, say

COMMANDS = ('run', 'test', 'odoo', 'lint', 'bench')


def main():
    command, *arguments = sys.argv[1:] or ['']
    if command not in COMMANDS:
        raise SetupError(f'no command {command!r}; there are {", ".join(COMMANDS)}.')
    # what can be said without an environment is said before one is built
    if command == 'run':
        run_options.check(arguments)
    elif command != 'odoo' and {'-h', '--help'} & set(arguments):
        source = (paths.LIB / f'command_{command}.py').read_text('utf-8')
        print(ast.get_docstring(ast.parse(source)))
        return 0
    if not paths.in_venv():
        with exclusive(), ThreadPoolExecutor() as downloads:
            # each takes a minute, and most of it is waiting
            jobs = [downloads.submit(python_env.ensure), downloads.submit(odoo_source.fetch)]
            for job in jobs:
                job.result()
        # what follows needs the packages of the virtualenv
        os.environ.pop('PYTHONDONTWRITEBYTECODE', None)
        os.execv(paths.VENV_PYTHON, [str(paths.VENV_PYTHON), __file__, command, *arguments])
    with exclusive():
        identity = odoo_source.ensure()
    return importlib.import_module(f'command_{command}').main(identity, arguments)


if __name__ == '__main__':
    try:
        sys.exit(main())
    except SetupError as error:
        say(f'aftercare: {error}')
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, subprocess.CalledProcessError) as error:
        say(f'aftercare: {error}')
        sys.exit(1)
