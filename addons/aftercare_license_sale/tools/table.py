"""Read a table of texts out of a CSV or XLSX file. Pure functions; no Odoo here."""

import csv
import datetime
import io
import zipfile

import openpyxl

DELIMITERS = ',;\t|'


class TableError(ValueError):
    """The file is no table; ``args[0]`` is a code: empty, encoding, format or size."""


def read_table(content, encoding=None, max_rows=5000):
    """Return ``(header, rows)`` of a file; a row is ``(number, [texts])``, empty ones left out.

    :param bytes content: CSV or XLSX
    :param str encoding: of a CSV file; UTF-8, else GB18030, when None
    :raises TableError: when there is no table in it, or a longer one
    """
    if not content.strip():
        raise TableError('empty')
    if content.startswith(b'PK\x03\x04'):
        lines = _read_workbook(content)
    else:
        lines = _read_csv(_decode(content, encoding))
    header, rows = None, []
    for number, cells in lines:
        cells = [_to_text(cell) for cell in cells]
        if not any(cells):
            continue
        if header is None:
            header = cells
            continue
        if len(rows) == max_rows:
            raise TableError('size')
        rows.append((number, cells))
    if header is None:
        raise TableError('empty')
    return header, rows


def _decode(content, encoding):
    for name in [encoding] if encoding else ['utf-8-sig', 'gb18030']:
        try:
            text = content.decode('utf-8-sig' if name == 'utf-8' else name)
        except (UnicodeDecodeError, LookupError):
            continue
        if '\x00' in text:
            raise TableError('format')
        return text
    raise TableError('encoding')


def _read_csv(text):
    first = next((line for line in text.splitlines() if line.strip()), '')
    reader = csv.reader(io.StringIO(text, newline=''), delimiter=max(DELIMITERS, key=first.count))
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error:
        raise TableError('format') from None


def _read_workbook(content):
    try:
        sheet = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True
        ).worksheets[0]
        yield from enumerate(sheet.iter_rows(values_only=True), start=1)
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError):
        raise TableError('format') from None


def _to_text(cell):
    if cell is None:
        return ''
    if isinstance(cell, datetime.datetime):
        return cell.strftime('%Y-%m-%d' if cell.time() == datetime.time() else '%Y-%m-%d %H:%M:%S')
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).replace('\u00a0', ' ').replace('\u3000', ' ')
    return ''.join(character for character in text if character.isprintable()).strip()
