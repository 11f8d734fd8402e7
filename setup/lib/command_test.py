"""./setup/test [paths and pytest arguments]: the tests of the suite.

Without a path everything runs, two things at a time: the addons' tests on copies of the suite's
database, and the demo company, which is built and then visited in a browser. Several paths are
shared between the two as well. Results are also written to .local/log/tests-*.log.
"""

import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import tools
from console import exclusive, say
from databases import manifests
from environment import prepare
from paths import LOG, ROOT, VENV_PYTHON

TESTS = ROOT / 'tests'
# for two cores; more parts than that let a core that is done early help the other
LANES, PARTS = 2, 6
LONG = 100  # see _weight: what is shorter stays together, and shows its progress
NOTHING_SELECTED = 5  # exit code of pytest


def main(odoo_identity, arguments):
    if {'-h', '--help'} & set(arguments):
        print(__doc__)
        return 0
    start = time.monotonic()
    env = prepare(odoo_identity)
    paths = [word for word in arguments if _is_path(word)]
    options = [word for word in arguments if not _is_path(word)]
    jobs = _jobs(paths)
    templates = Templates(env)
    alone = len(jobs) == 1
    with ThreadPoolExecutor(LANES) as lanes:
        with exclusive():
            if _needs_chromium(paths):
                tools.ensure_chromium()
            runs = [lanes.submit(job.run, env, templates, options, alone) for job in jobs]
            templates.wait(jobs)
    codes = [run.result() for run in runs]
    # what -k selects may be in one part only
    fine = {0} if set(codes) == {NOTHING_SELECTED} else {0, NOTHING_SELECTED}
    failed = [job for job, code in zip(jobs, codes, strict=True) if code not in fine]
    _summarise(jobs, failed, time.monotonic() - start)
    return 1 if failed else 0


class Templates:
    """The template databases, each built once, by whichever job needs it first."""

    def __init__(self, env):
        self.env = env
        self.lock, self.suite_lock = threading.Lock(), threading.Lock()
        # keyed by whether it is the demo company's
        self.tried = {False: threading.Event(), True: threading.Event()}

    def get(self, demo):
        try:
            with self.lock:
                self.env.ensure_dependencies()
            if demo:
                return self.env.ensure_demo()
            with self.suite_lock:
                return self.env.ensure_suite()
        finally:
            self.tried[demo].set()

    def wait(self, jobs):
        """Return when nothing has to be built any more."""
        for demo in {job.demo for job in jobs}:
            self.tried[demo].wait()


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


def _test_files(path):
    """Return the files with tests, without those of the journeys."""
    if not path.is_dir():
        return [path]
    return [file for file in path.rglob('test_*.py') if 'journeys' not in file.parts]


def _jobs(paths):
    if not paths:
        # the demo company takes longest, so it comes first
        return [
            Job('journeys', ['tests/journeys'], demo=True),
            *_addon_jobs(_parts(_weights(), PARTS)),
        ]
    journeys = [path for path in paths if 'tests/journeys' in str((ROOT / path).resolve())]
    others = [path for path in paths if path not in journeys]
    weights = {path: _weight(ROOT / path.split('::')[0]) for path in others}
    jobs = _addon_jobs(_parts(weights, LANES if sum(weights.values()) > LONG else 1))
    if journeys:
        jobs.append(Job('journeys', journeys, demo=True))
    return jobs


def _addon_jobs(parts):
    return [Job(f'addons-{number}', part) for number, part in enumerate(parts, 1)]


def _weights():
    """Return {folder with tests: how long they take}."""
    folders = ['tests', *(f'addons/{name}' for name in manifests())]
    weights = {folder: _weight(ROOT / folder) for folder in folders}
    return {folder: weight for folder, weight in weights.items() if weight}


def _parts(weights, count):
    """Return the paths in at most so many parts of about the same weight."""
    parts = [[] for _ in range(count)]
    for path in sorted(weights, key=weights.get, reverse=True):
        min(parts, key=lambda part: sum(map(weights.get, part))).append(path)
    return list(filter(None, parts))


def _weight(path):
    """Estimate how long the tests of a path take: those over HTTP four times as long as others."""
    weight = 0
    for file in _test_files(path):
        text = file.read_text('utf-8')
        count = len(re.findall(r'^ *def test_', text, re.M))
        slow = re.search('HttpCase|url_open|subprocess', text)
        # a class may have all its tests from one it inherits
        weight += 1 + count * (4 if slow else 1) + 30 * text.count('start_tour(')
    return weight


class Job:
    """One run of pytest, on its own copy of the suite's database or beside the demo company."""

    def __init__(self, name, paths, demo=False):
        self.name = name
        self.paths = paths
        self.demo = demo
        self.database = f'aftercare_test_{name.replace("-", "_")}_{os.getpid()}'
        self.log = LOG / f'tests-{name}.log'

    def run(self, env, templates, options, alone):
        """Return the exit code."""
        LOG.mkdir(parents=True, exist_ok=True)
        template = templates.get(self.demo)
        variables = {
            **env.environment(),
            'AFTERCARE_TEMPLATE': template,
            'AFTERCARE_INSTALL_LOG': str(LOG / f'install_{template}.log'),
            'PYTHONUNBUFFERED': '1',
        }
        command = [VENV_PYTHON, '-m', 'pytest', '-p', 'no:cacheprovider', *self.paths, *options]
        if self.demo:
            command += ['-p', 'no:odoo', '-p', 'no:pytest_odoo']
            variables.pop('ODOO_RC')
            variables['AFTERCARE_ODOO_RC'] = env.environment()['ODOO_RC']
        else:
            env.create(self.database, template)
            command += ['--odoo-http', f'--odoo-database={self.database}', '--odoo-log-level=warn']
            if any(path == 'tests' for path in self.paths):
                command += ['--ignore=tests/journeys']
        if not alone:
            # the summary needs the closing line, which -q takes away
            command = [word for word in command if word not in ('-q', '-qq', '--quiet')]
            command += ['--durations=20']
        with self.log.open('w') as log:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=ROOT,
                env=variables,
                stdout=None if alone else log,
                stderr=None if alone else subprocess.STDOUT,
                check=False,
            )
        env.drop(self.database)
        return done.returncode

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
