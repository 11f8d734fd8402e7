"""Links that lead no stranger out of the house."""

import re

CODE_PATTERN = re.compile(r'[A-Z0-9]{4,20}')


def normalize_code(text):
    """Return a code as it is kept, '' when it can be none; people type blanks and hyphens."""
    code = re.sub(r'[\s-]+', '', str(text or '')[:60]).upper()
    return code if CODE_PATTERN.fullmatch(code) else ''


def get_local_path(text, default='/'):
    """Return a path on this server, the default for anything that might lead elsewhere."""
    path = str(text or '')
    if (
        len(path) > 500
        or not re.match(r'/(?![/\\])', path)
        or re.search(r'[\x00-\x20\x7f\\]', path)
    ):
        return default
    return path
