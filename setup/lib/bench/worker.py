"""Serves measurements on one database: reads requests from stdin, one JSON per line, and answers.

Started once per side by command_bench.py, so that both sides answer warm, as servers do.
"""

import importlib.util
import json
import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def load(name):
    """Import one of the measure_*.py files (or seed.py) of this folder."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f'{name}.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def serve(database):
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    # what Odoo itself prints must not come between the answers
    answers = os.fdopen(os.dup(1), 'w', buffering=1)
    os.dup2(2, 1)
    config.parse_config(
        ['-d', database, '--no-http', '--max-cron-threads=0', '--log-level=error'],
        setup_logging=True,
    )
    registry = Registry(database)
    modules = {}
    for line in sys.stdin:
        request = json.loads(line)
        module = modules.setdefault(request['module'], None) or load(request['module'])
        modules[request['module']] = module
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {'lang': 'en_US', 'tz': 'UTC'})
                result = getattr(module, request['function'])(env, **request['arguments'])
                answer = {'result': list(result) if hasattr(result, '__next__') else result}
                if request['commit']:
                    cr.commit()
                else:
                    cr.rollback()
        except Exception as error:
            traceback.print_exc()
            answer = {'error': f'{type(error).__name__}: {error}'.splitlines()[0]}
        print(json.dumps(answer), file=answers)


if __name__ == '__main__':
    serve(sys.argv[1])
