import re

from lxml import html

from odoo.tools.rendering_tools import parse_inline_template

# placeholders that show a name or a value of the event, and do nothing else
HARMLESS = re.compile(r"(object|recipient)\.(name|display_name)|extra\.get\('\w+'\)")


def get_inline_code(text):
    """Return the set of expressions in a text with {{ placeholders }}."""
    return {expression for _text, expression, _default in parse_inline_template(text or '')} - {''}


def get_qweb_code(source):
    """Return the set of (directive, value) in the body of an e-mail template."""
    if not source:
        return set()
    nodes = html.fragment_fromstring(source, create_parent='div').iter()
    return {item for node in nodes for item in node.attrib.items() if item[0].startswith('t-')}


def is_harmless(code):
    """Tell whether an item of either set may be used by people who may not write code."""
    directive, expression = code if isinstance(code, tuple) else ('t-out', code)
    return directive == 't-out' and bool(HARMLESS.fullmatch(expression.strip()))
