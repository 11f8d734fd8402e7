"""Every page of a customer or visitor has a title of its own: it names the tab and the bookmark."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

ADDONS = Path(__file__).parents[1] / 'addons'
LAYOUTS = ('portal.portal_layout', 'website.layout')


def _find_pages():
    for path in sorted(ADDONS.glob('*/views/*.xml')):
        for call in ElementTree.parse(path).iter('t'):
            if call.get('t-call') in LAYOUTS:
                yield path, call


@pytest.mark.parametrize(
    'path', sorted({path for path, _call in _find_pages()}), ids=lambda path: path.stem
)
def test_pages_have_titles(path):
    for found, call in _find_pages():
        if found == path:
            titles = [child for child in call if child.get('t-set') == 'additional_title']
            assert titles, f'{path}: a page without additional_title'
