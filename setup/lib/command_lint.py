"""./setup/lint [--fix] [--quick]: style, manifests, views, layers and Odoo's own linter.

--fix lets ruff mend what it can; --quick leaves out Odoo's linter, which needs a database.
"""

import os
import re
import subprocess
from xml.sax import make_parser
from xml.sax.handler import ContentHandler

from console import exclusive, say
from databases import manifests
from environment import prepare
from paths import ADDONS, LIB, LOG, ROOT, VENV

PYLINT_OFF = (
    *('manifest-required-author', 'missing-readme'),
    # models are split into files by concern, and hooks of ours return nothing
    *('consider-merging-classes-inherited', 'missing-return', 'attribute-string-redundant'),
    # small tables are read whole on purpose; sorted input is grouped on purpose
    *('no-search-all', 'bad-builtin-groupby', 'except-pass'),
    # `_ = self.env._` is misread; append-only models refuse to write
    *('prefer-env-translation', 'method-required-super'),
)
ODOO_CLASSES = (
    *('TestIndex', 'TestLintOverrideSignatures', 'ManifestLinter', 'TestNaming'),
    *('RoutesLinter', 'TestOnchangeDomains', 'TestTestHoles'),
)
FORBIDDEN = {
    r'^\s*(from|import) odoo\.osv\b': 'odoo.osv is deprecated: use odoo.fields.Domain',
    r'^\s*(from|import) odoo\.orm\b': 'odoo.orm is private: use odoo.fields, odoo.models, odoo.api',
    r'^\s*(from|import) openupgradelib\b': 'no addon declares openupgradelib',
    r'\bcr\.commit\(\)': 'no commit in an addon: use _commit_progress in scheduled actions',
    r'_sql_constraints\s*=': 'ignored by Odoo 19: use models.Constraint',
    r"type=['\"]json['\"]": "the route type is 'jsonrpc' in Odoo 19",
    r'\bt-(esc|raw)=': 'deprecated in QWeb: use t-out',
    r'\bpudb|\bpdb\b|breakpoint\(': 'a debugger was left behind',
}


def main(odoo_identity, arguments):
    if {'-h', '--help'} & set(arguments):
        print(__doc__)
        return 0
    checks = [
        ('ruff', lambda: _ruff('--fix' in arguments)),
        ('pylint-odoo', _pylint),
        ('XML', _xml),
    ]
    checks.append(('forbidden', _forbidden))
    if '--quick' not in arguments:
        checks.append(("Odoo's linter", lambda: _odoo_linter(odoo_identity)))
    failed = []
    for title, check in checks:
        findings = check()
        print(f'{"✗" if findings else "✓"} {title}', flush=True)
        if findings:
            print(findings)
            failed.append(title)
    say(f'lint: {", ".join(failed)} failed' if failed else 'lint: all is well')
    return 1 if failed else 0


def _output(*command):
    result = subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return (result.stdout + result.stderr).strip() if result.returncode else ''


def _ruff(fix):
    ruff = VENV / 'bin' / 'ruff'
    if fix:
        _output(ruff, 'format', '-q', '.')
    found = _output(ruff, 'check', '-q', *(['--fix'] if fix else []), '.')
    return '\n'.join(filter(None, [found, _output(ruff, 'format', '--check', '-q', '.')]))


def _pylint():
    return _output(
        *(
            VENV / 'bin' / 'pylint',
            '--load-plugins=pylint_odoo',
            '--disable=all',
            '--enable=odoolint',
        ),
        *(f'--disable={",".join(PYLINT_OFF)}', '--ignore=tests', '--score=n'),
        *(ADDONS / name for name in manifests()),
    )


def _xml():
    findings = []
    for path in sorted(ADDONS.rglob('*.xml')):
        try:
            parser = make_parser()
            parser.setContentHandler(ContentHandler())
            parser.parse(str(path))
        except Exception as error:
            findings.append(f'{path.relative_to(ROOT)}: {error}')
    return '\n'.join(findings)


def _forbidden():
    findings = []
    for path in sorted([*ADDONS.rglob('*.py'), *ADDONS.rglob('*.xml')]):
        if 'clients' in path.parts:
            continue
        for number, line in enumerate(path.read_text('utf-8').splitlines(), 1):
            for pattern, why in FORBIDDEN.items():
                if re.search(pattern, line) and '# lint: ' not in line:
                    findings.append(f'{path.relative_to(ROOT)}:{number}: {why}')
    return '\n'.join(findings)


def _odoo_linter(odoo_identity):
    """Run the linter that Odoo runs on itself and keep what it says about our addons."""
    env = prepare(odoo_identity)
    # a name that is not in what is looked for below
    name = f'linter_{os.getpid()}'
    with exclusive():
        template = env.ensure_suite()
    env.create(name, template)
    log = LOG / 'odoo-lint.log'
    try:
        with log.open('w') as output:
            subprocess.run(
                [
                    *(VENV / 'bin' / 'python', LIB / 'launcher.py', '-d', name, '-i', 'test_lint'),
                    *('--test-tags', ','.join(f'/test_lint:{cls}' for cls in ODOO_CLASSES)),
                    *('--stop-after-init', '--max-cron-threads=0', '--http-port=0'),
                ],
                env=env.environment(),
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
    finally:
        env.drop(name)
    text = log.read_text('utf-8', 'replace')
    run = re.search(r'(\d+) failed, (\d+) error\(s\) of (\d+) tests', text)
    if not run or not int(run[3]):
        return f"Odoo's linter ran no test (see {log})"
    found = [
        line
        for line in text.splitlines()
        if re.search(r'aftercare_|payment_(alipay|wechatpay)', line)
    ]
    return '\n'.join(line for line in found if ' INFO ' not in line)
