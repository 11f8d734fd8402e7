"""./setup/test [paths and pytest arguments]: the tests of the suite.

Without a path everything runs, in two halves side by side: the addons' tests on a copy of the
suite's database, the journeys in a browser on a copy of the demo company. Results are also written
to .local/log/tests-*.log.
"""

import os
import re
import subprocess
import sys
import time

import tools
from console import exclusive, say
from databases import manifests
from environment import prepare
from paths import ADDONS, LOG, ROOT, VENV_PYTHON

TESTS = ROOT / 'tests'


def main(odoo_identity, arguments):
    if {'-h', '--help'} & set(arguments):
        print(__doc__)
        return 0
    start = time.monotonic()
    env = prepare(odoo_identity)
    paths = [word for word in arguments if _is_path(word)]
    options = [word for word in arguments if not _is_path(word)]
    jobs = _jobs(paths)
    chromium = _needs_chromium(paths)
    with exclusive():
        if chromium:
            tools.ensure_chromium()
        suite = env.ensure_suite()
        demo = env.ensure_demo() if any(job.demo for job in jobs) else None
    for job in jobs:
        job.start(env, demo if job.demo else suite, options, alone=len(jobs) == 1)
    _finish(jobs)
    failed = [job for job in jobs if job.close()]
    _summarise(jobs, failed, time.monotonic() - start)
    return 1 if failed else 0


def _is_path(word):
    return not word.startswith('-') and (ROOT / word.split('::')[0]).exists()


def _needs_chromium(paths):
    if not paths:
        return True
    files = [path for name in paths for path in _python_files(ROOT / name.split('::')[0])]
    return any(
        re.search(r'(?i)start_tour|browser_js|playwright|chromium', path.read_text('utf-8'))
        for path in files
    )


def _python_files(path):
    return path.rglob('*.py') if path.is_dir() else [path]


def _jobs(paths):
    if not paths:
        # two jobs for two cores, of about the same length; the journeys follow the shorter one
        weights = {f'addons/{name}': _weight(ADDONS / name / 'tests') for name in manifests()}
        weights['tests'] = _weight(TESTS)
        halves = [], []
        for path in sorted(filter(weights.get, weights), key=weights.get, reverse=True):
            min(halves, key=lambda half: sum(map(weights.get, half))).append(path)
        return [
            Job('addons-1', halves[0]),
            Job('addons-2', halves[1]),
            Job('journeys', ['tests/journeys'], demo=True, is_later=True),
        ]
    journeys = [path for path in paths if 'tests/journeys' in str((ROOT / path).resolve())]
    others = [path for path in paths if path not in journeys]
    jobs = []
    if others:
        jobs.append(Job('addons', others))
    if journeys:
        jobs.append(Job('journeys', journeys, demo=True))
    return jobs


def _weight(folder):
    """Estimate how long the tests of a folder take: those over HTTP four times as long as others."""
    weight = 0
    for path in folder.glob('test_*.py'):
        text = path.read_text('utf-8')
        count = len(re.findall(r'^ *def test_', text, re.M))
        slow = re.search('HttpCase|url_open|subprocess', text)
        weight += count * (4 if slow else 1) + 30 * text.count('start_tour(')
    return weight


def _finish(jobs):
    """Let the jobs end, two at a time."""
    later = [job for job in jobs if job.process is None]
    while True:
        running = [job for job in jobs if job.process and job.process.poll() is None]
        if later and len(running) < 2:
            later.pop().launch()
        elif not running:
            return
        time.sleep(0.2)


class Job:
    """One run of pytest on its own copy of a template database."""

    def __init__(self, name, paths, demo=False, is_later=False):
        self.name = name
        self.paths = paths
        self.demo = demo
        self.is_later = is_later
        self.database = f'aftercare_test_{name.replace("-", "_")}_{os.getpid()}'
        self.log = LOG / f'tests-{name}.log'
        self.process = None

    def start(self, env, template, options, alone):
        self.env = env
        self.arguments = (template, options, alone)
        if not self.is_later:
            self.launch()

    def launch(self):
        template, options, alone = self.arguments
        LOG.mkdir(parents=True, exist_ok=True)
        if not self.demo:
            self.env.create(self.database, template)
        variables = {
            **self.env.environment(),
            'AFTERCARE_TEMPLATE': template,
            'AFTERCARE_INSTALL_LOG': str(LOG / f'install_{template}.log'),
            'PYTHONUNBUFFERED': '1',
        }
        command = [VENV_PYTHON, '-m', 'pytest', '-p', 'no:cacheprovider', *self.paths, *options]
        if self.demo:
            command += ['-p', 'no:odoo', '-p', 'no:pytest_odoo']
            variables.pop('ODOO_RC')
            variables['AFTERCARE_ODOO_RC'] = self.env.environment()['ODOO_RC']
        else:
            command += ['--odoo-http', f'--odoo-database={self.database}', '--odoo-log-level=warn']
            if any(path == 'tests' for path in self.paths):
                command += ['--ignore=tests/journeys']
        output = None if alone else self.log.open('w')
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def close(self):
        """Drop the database and return the exit code."""
        self.env.drop(self.database)
        return self.process.returncode

    def closing_line(self):
        if not self.log.is_file():
            return ''
        lines = self.log.read_text('utf-8', 'replace').strip().splitlines()
        return lines[-1].strip('= ') if lines else ''


def _summarise(jobs, failed, seconds):
    if len(jobs) == 1:
        return
    for job in jobs:
        text = job.log.read_text('utf-8', 'replace')
        if job in failed:
            print(text[-20000:])
    print(f'\n{"":=<72}')
    counts = {'passed': 0, 'failed': 0, 'error': 0}
    for job in jobs:
        line = job.closing_line()
        print(f'{job.name:10} {line}')
        for word in counts:
            match = re.search(rf'(\d+) {word}', line)
            counts[word] += int(match[1]) if match else 0
    bad = counts['failed'] + counts['error'] or len(failed)
    print(f'{counts["passed"]} passed, {bad} failed')
    say(f'  {seconds:.0f} s')
    sys.stdout.flush()
