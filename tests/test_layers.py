"""Arrows between the layers of docs/architecture.md point down only."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MANIFESTS = {
    path.parent.name: ast.literal_eval(path.read_text('utf-8'))
    for path in sorted((ROOT / 'addons').glob('*/__manifest__.py'))
}
ADDONS = [name for name in MANIFESTS if not name.startswith('test_')]

BASE = {'region', 'working_time', 'agent', 'sla', 'notification', 'payment'}
DOMAIN = {
    *('member', 'wallet', 'referral', 'license', 'invoice_request', 'helpdesk', 'help_center'),
    *('field', 'contract', 'backup', 'sms_gateway'),
}
# What one domain addon can do besides; installed by whoever wants it.
FEATURES = {
    'aftercare_helpdesk': {'teamwork', 'record', 'review', 'link', 'macro', 'closing'},
}
SURFACE = ('_website', '_api', '_livechat', '_rating', '_complaint', '_form')
RANK = {'base': 0, 'domain': 1, 'feature': 2, 'glue': 3, 'surface': 4, 'reports': 5, 'suite': 6}


def layer(addon):
    if addon == 'aftercare':
        return 'suite'
    if addon == 'aftercare_dashboard':
        return 'reports'
    name = addon.removeprefix('aftercare_')
    if addon.startswith('payment_') or name in DOMAIN:
        return 'domain'
    if name == 'base' or name in BASE:
        return 'base'
    if any(addon == f'{domain}_{one}' for domain, names in FEATURES.items() for one in names):
        return 'feature'
    return 'surface' if name.endswith(SURFACE) else 'glue'


def ours(addon):
    return [name for name in MANIFESTS[addon].get('depends', ()) if name in MANIFESTS]


@pytest.mark.parametrize('addon', ADDONS)
def test_arrows_point_down(addon):
    for parent in ours(addon):
        assert RANK[layer(parent)] <= RANK[layer(addon)], f'{addon} may not depend on {parent}'
        if layer(addon) == 'domain':
            assert layer(parent) == 'base', f'{addon} and {parent} may only meet in a glue addon'


@pytest.mark.parametrize('addon', ADDONS)
def test_glue_installs_itself(addon):
    if layer(addon) == 'glue':
        assert MANIFESTS[addon].get('auto_install'), f'{addon} joins two addons: auto_install'
        assert len(MANIFESTS[addon]['depends']) >= 2


@pytest.mark.parametrize('addon', ADDONS)
def test_manifest_and_readme(addon):
    manifest = MANIFESTS[addon]
    assert re.fullmatch(r'19\.0\.\d+\.\d+\.\d+', manifest['version'])
    assert manifest['summary'] and manifest['license'] in ('LGPL-3', 'AGPL-3')
    assert (ROOT / 'addons' / addon / 'readme/DESCRIPTION.md').is_file()
    assert addon == 'aftercare' or list((ROOT / 'addons' / addon).glob('tests/test_*.py'))


@pytest.mark.parametrize('addon', ADDONS)
def test_addons_above_agpl_are_agpl(addon):
    parents = MANIFESTS[addon].get('depends', ())
    agpl = any(parent.startswith('helpdesk_') for parent in parents) or any(
        MANIFESTS[parent]['license'] == 'AGPL-3' for parent in ours(addon)
    )
    if agpl:
        assert MANIFESTS[addon]['license'] == 'AGPL-3'


def test_controllers_of_surfaces_are_not_imported():
    for addon in ADDONS:
        for path in (ROOT / 'addons' / addon).rglob('*.py'):
            for imported in re.findall(
                r'odoo\.addons\.(aftercare\w*|payment_alipay|payment_wechatpay)',
                path.read_text('utf-8'),
            ):
                if imported in MANIFESTS and imported != addon:
                    assert RANK[layer(imported)] <= RANK[layer(addon)], f'{path} imports {imported}'


def test_suite_installs_everything():
    reached, queue = set(), ['aftercare']
    while queue:
        name = queue.pop()
        if name not in reached:
            reached.add(name)
            queue += ours(name)
    automatic = {name for name in ADDONS if MANIFESTS[name].get('auto_install')}
    assert set(ADDONS) - reached - automatic == set()
