"""Read a table out of whatever file a spreadsheet or another system has exported.

Pure functions: bytes in, rows of text out; they know nothing of Odoo.
"""

import codecs
import csv
import datetime
import io
import re
import zipfile
from typing import NamedTuple

import openpyxl

# The first matching mark wins, so the longer UTF-32 marks come before the UTF-16 ones.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, 'utf-8'),
    (codecs.BOM_UTF32_LE, 'utf-32-le'),
    (codecs.BOM_UTF32_BE, 'utf-32-be'),
    (codecs.BOM_UTF16_LE, 'utf-16-le'),
    (codecs.BOM_UTF16_BE, 'utf-16-be'),
)
DELIMITERS = ',;\t|'
MIXED = 'utf-8+gb18030'
# Not U+200C: Farsi spells with it.
CONTROL_CHARACTERS = re.compile(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\ufeff]')


class TableError(ValueError):
    """The file is not a table; ``args[0]`` is a code: empty, format, encoding or size."""


class Table(NamedTuple):
    header: list
    rows: list  # of (row number as the spreadsheet shows it, list of texts)
    encoding: str  # 'xlsx' for workbooks
    delimiter: str


def read_table(content, encoding=None, max_rows=None):
    """Return the :class:`Table` in a CSV or XLSX file.

    :param bytes content: the file
    :param str encoding: one to insist on; detected when None
    :param int max_rows: refuse longer tables before they fill the memory
    :raise TableError: when there is no table in it
    """
    if not content or not content.strip():
        raise TableError('empty')
    if content.startswith(b'PK\x03\x04'):
        lines, encoding, delimiter = _read_workbook(content, max_rows), 'xlsx', ''
    elif content.startswith(b'\xd0\xcf\x11\xe0'):  # the old binary Excel
        raise TableError('format')
    else:
        text, encoding = decode(content, encoding)
        delimiter = _detect_delimiter(text)
        lines = _read_csv(text, delimiter)
    header, rows = None, []
    for number, cells in lines:
        cells = [_clean(cell) for cell in cells]
        if not any(cells):
            continue
        if header is None:
            header = cells
        elif max_rows and len(rows) >= max_rows:
            raise TableError('size')
        else:
            rows.append((number, cells))
    if header is None:
        raise TableError('empty')
    return Table(header, rows, encoding, delimiter)


def decode(content, encoding=None):
    """Return ``(text, encoding)`` of the bytes of a text file.

    Chinese exports come as UTF-8 or GB18030, and now and then as both in one file because
    two exports were pasted together; such a file is decoded line by line.
    """
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _decode_strictly(content[len(mark) :], name), name
    if encoding:
        return _decode_strictly(content, encoding), encoding
    if name := _guess_utf16(content):
        return _decode_strictly(content, name), name
    if b'\x00' in content:
        raise TableError('format')
    try:
        return content.decode('utf-8'), 'utf-8'
    except UnicodeDecodeError:
        pass
    lines = content.splitlines(keepends=True)
    if not any(_is_certainly_utf8(line) for line in lines):
        return _decode_strictly(content, 'gb18030'), 'gb18030'
    return ''.join(_decode_line(line) for line in lines), MIXED


def _decode_strictly(content, encoding):
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise TableError('encoding') from None


def _decode_line(line):
    try:
        return line.decode('utf-8')
    except UnicodeDecodeError:
        return _decode_strictly(line, 'gb18030')


def _is_certainly_utf8(line):
    """Tell UTF-8 from GB18030 that happens to be valid UTF-8: only characters of three bytes
    and more, such as Chinese ones, hardly ever do."""
    try:
        return any(character >= '\u0800' for character in line.decode('utf-8'))
    except UnicodeDecodeError:
        return False


def _guess_utf16(content):
    """Name the byte order of UTF-16 without a mark, seen by the zero bytes of ASCII text."""
    sample = content[:2000]
    if len(content) % 2:
        return None
    high, low = sample[0::2].count(0), sample[1::2].count(0)
    few = max(2, len(sample) // 20)
    if low > few and not high:
        return 'utf-16-le'
    if high > few and not low:
        return 'utf-16-be'
    return None


def _detect_delimiter(text):
    """The separator seen most often in the first line, outside of quotes."""
    line = next((line for line in text.splitlines() if line.strip()), '')
    line = re.sub(r'"[^"]*"', '', line)
    return max(DELIMITERS, key=line.count)


def _read_csv(text, delimiter):
    reader = csv.reader(io.StringIO(text, newline=''), delimiter=delimiter, strict=False)
    while True:
        # a record may span lines; its number is the line it begins on
        number = reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise TableError('format') from None


def _read_workbook(content, max_rows):
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if max_rows and number > max_rows * 2:
                raise TableError('size')
            yield number, cells
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError('format') from None


def _clean(cell):
    """The text of a cell without the invisible characters that make equal things differ."""
    if cell is None:
        return ''
    if isinstance(cell, bool):
        return 'yes' if cell else 'no'
    if isinstance(cell, datetime.datetime):
        return cell.strftime('%Y-%m-%d' if cell.time() == datetime.time() else '%Y-%m-%d %H:%M:%S')
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a workbook keeps the phone number 13800138000 as 13800138000.0
    text = CONTROL_CHARACTERS.sub('', str(cell)).replace('\u00a0', ' ').replace('\u3000', ' ')
    return text.strip()
