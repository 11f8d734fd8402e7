"""What the installation of the suite said."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def _lines():
    return Path(os.environ['AFTERCARE_INSTALL_LOG']).read_text('utf-8').splitlines()


def test_no_warning_of_ours():
    ours = r'aftercare|payment_alipay|payment_wechatpay'
    found = [line for line in _lines() if re.search(r' (WARNING|ERROR|CRITICAL) ', line)]
    # a warning about ours names the addon, its model or its file
    models = r'service\.|sla\.|notification\.|ip\.location|member\.'
    assert [line for line in found if re.search(rf'{ours}|{models}', line.split(' ', 5)[-1])] == []


def test_everything_was_installed():
    installed = set(re.findall(r'Module (aftercare\w*) loaded', '\n'.join(_lines())))
    addons = {path.parent.name for path in (ROOT / 'addons').glob('aftercare*/__manifest__.py')}
    assert addons <= installed
