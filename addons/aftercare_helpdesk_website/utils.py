"""Pure checks of what visitors send: files, telephone numbers."""

import os
import unicodedata

import phonenumbers

from odoo.tools import email_normalize
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

MEGABYTE = 1024 * 1024
# Embeddings, overrides and isolates: “exe.fdp” could be shown as “pdf.exe” and the other way round
DIRECTION_MARKS = frozenset('\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069')

TEXT = frozenset({'text/plain', 'text/csv', 'application/csv', 'application/json', 'text/x-log'})
OLE = frozenset({'application/CDFV2', 'application/x-ole-storage', 'application/octet-stream'})
ZIP = frozenset({'application/zip', 'application/octet-stream'})

# What the bytes of a file with this extension may look like. libmagic and Odoo's own guess name
# the same contents differently, so each extension lists the names of both.
CONTENT_TYPES = {
    'jpg': frozenset({'image/jpeg'}),
    'jpeg': frozenset({'image/jpeg'}),
    'png': frozenset({'image/png'}),
    'gif': frozenset({'image/gif'}),
    'webp': frozenset({'image/webp'}),
    'bmp': frozenset({'image/bmp', 'image/x-ms-bmp'}),
    'heic': frozenset({'image/heic', 'image/heif', 'application/octet-stream'}),
    'pdf': frozenset({'application/pdf'}),
    'txt': TEXT,
    'log': TEXT,
    'csv': TEXT,
    'json': TEXT,
    'doc': OLE | {'application/msword'},
    'xls': OLE | {'application/vnd.ms-excel'},
    'ppt': OLE | {'application/vnd.ms-powerpoint'},
    'docx': ZIP | {'application/vnd.openxmlformats-officedocument.wordprocessingml.document'},
    'xlsx': ZIP | {'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'},
    'pptx': ZIP | {'application/vnd.openxmlformats-officedocument.presentationml.presentation'},
    'odt': ZIP | {'application/vnd.oasis.opendocument.text'},
    'ods': ZIP | {'application/vnd.oasis.opendocument.spreadsheet'},
    'zip': frozenset({'application/zip'}),
    '7z': frozenset({'application/x-7z-compressed', 'application/octet-stream'}),
    'gz': frozenset({'application/gzip', 'application/x-gzip', 'application/octet-stream'}),
    'mp4': frozenset({'video/mp4', 'video/quicktime', 'application/octet-stream'}),
    'mov': frozenset({'video/quicktime', 'video/mp4', 'application/octet-stream'}),
    'webm': frozenset({'video/webm', 'application/octet-stream'}),
    'mp3': frozenset({'audio/mpeg', 'application/octet-stream'}),
}

DEFAULT_FILE_TYPES = (
    'jpg, jpeg, png, gif, webp, heic, pdf, txt, log, csv, '
    'doc, docx, xls, xlsx, ppt, pptx, odt, ods, zip, mp4'
)


def parse_extensions(text):
    """Return the extensions named in a text such as ``"jpg, .PNG; pdf"``, in order, no dots."""
    words = (text or '').replace(';', ',').replace(' ', ',').lower().split(',')
    return list(dict.fromkeys(word.lstrip('.') for word in words if word.strip('. ')))


# Never stored, whatever a team allows: the browser or the desktop of an agent would run them.
FORBIDDEN_EXTENSIONS = frozenset(
    parse_extensions(
        'apk app bat chm cmd com cpl dll dmg exe hta htm html jar js jse lnk mht mhtml mjs msi '
        'msp php pif ps1 py rb reg scr sh svg svgz swf vb vbe vbs wsf wsh xht xhtml xml xsl '
    )
)
FORBIDDEN_CONTENT = (
    'application/java-archive',
    'application/javascript',
    'application/vnd.android',
    'application/vnd.microsoft.portable-executable',
    'application/x-dosexec',
    'application/x-elf',
    'application/x-executable',
    'application/x-mach-binary',
    'application/x-ms-shortcut',
    'application/x-msdos-program',
    'application/x-pie-executable',
    'application/x-sharedlib',
    'application/x-shellscript',
    'application/xhtml',
    'application/xml',
    'image/svg',
    'text/html',
    'text/javascript',
    'text/x-php',
    'text/x-shellscript',
    'text/xml',
)
# How programs and pages start, in lower case: a second look for what a guess may miss.
FORBIDDEN_STARTS = (b'mz\x90', b'\x7felf', b'#!', b'<!doctype html', b'<html', b'<script', b'<svg')


def get_extension(filename):
    """Return the extension of a file name, lower case without the dot."""
    return os.path.splitext(filename or '')[1].lstrip('.').lower()


def remove_controls(text):
    """Return the text without control characters and without marks that turn its direction.

    Joiners stay: Farsi and many pictures are written with them.
    """
    return ''.join(
        char
        for char in text
        if unicodedata.category(char) not in ('Cc', 'Cs') and char not in DIRECTION_MARKS
    )


def clean_line(text):
    """Return a text of one line with single spaces and without control characters."""
    return remove_controls(" ".join((text or '').split()))


def clean_text(text):
    """Return a text of several lines, parted by ``\\n``, without control characters."""
    lines = (text or '').replace('\t', '    ').splitlines()
    return '\n'.join(remove_controls(line).rstrip() for line in lines).strip('\n')


def clean_filename(filename):
    """Return the name without folders and control characters, at most 150 characters long."""
    name = remove_controls((filename or '').replace('\\', '/').rpartition('/')[2]).strip()
    stem, extension = os.path.splitext(name)
    return stem[: 150 - len(extension)] + extension


def format_size(size):
    """Return a size in bytes as people write it."""
    if size >= MEGABYTE:
        return f'{size / MEGABYTE:.1f}'.removesuffix('.0') + ' MB'
    return f'{max(1, round(size / 1024))} KB' if size else '0 KB'


def check_file(filename, content, allowed, max_size):
    """Check one file by name, size and content.

    :param str filename: as sent
    :param bytes content: the whole file
    :param allowed: extensions a visitor may send, lower case without dots
    :param int max_size: bytes
    :return: None when it may be stored, else the reason, a lazy translation
    """
    extension = get_extension(filename)
    if not content:
        return _lt("“%(name)s” is empty.", name=filename)
    if len(content) > max_size:
        return _lt(
            "“%(name)s” is %(actual)s large; one file may have at most %(size)s.",
            name=filename,
            actual=format_size(len(content)),
            size=format_size(max_size),
        )
    if extension in FORBIDDEN_EXTENSIONS or extension not in allowed:
        return _lt(
            "“%(name)s” is of a type we do not accept. Accepted: %(types)s.",
            name=filename,
            types=", ".join(allowed),
        )
    if not is_content_plausible(extension, content):
        return _lt("The contents of “%(name)s” are not what its name says.", name=filename)
    return None


def is_content_plausible(extension, content):
    """Tell whether the bytes are what the extension promises, and nothing that can run."""
    mimetype = guess_mimetype(content, default='application/octet-stream')
    head = content[:64].lstrip(b'\xef\xbb\xbf \t\r\n').lower()
    if mimetype.startswith(FORBIDDEN_CONTENT) or head.startswith(FORBIDDEN_STARTS):
        return False
    known = CONTENT_TYPES.get(extension)
    # libmagic knows many kinds of text: a log may be taken for a mail or for a program's source
    is_text = known is TEXT and mimetype.startswith('text/')
    return known is None or mimetype in known or is_text


def is_email(text):
    """Tell whether a text is one e-mail address of a public domain."""
    return bool(email_normalize(text) and '.' in text.rpartition('@')[2].strip('.'))


def parse_phone(number, country_code=None):
    """Return a number in international form.

    :param str country_code: ISO code of the country meant when the number has no +prefix
    :raise ValueError: not a possible and valid telephone number
    """
    try:
        parsed = phonenumbers.parse(number, country_code or None)
    except phonenumbers.NumberParseException as error:
        raise ValueError(str(error)) from error
    if not phonenumbers.is_valid_number(parsed):
        raise ValueError(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def get_phone_example(country_code=None):
    """Return a number of the country in international form."""
    example = phonenumbers.example_number(country_code or 'US') or phonenumbers.example_number('US')
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
