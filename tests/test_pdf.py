"""PDFs printed by our `wkhtmltopdf`, which asks Chromium, are what Odoo expects of the real one."""

import http.server
import io
import os
import re
import runpy
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import pytest
from pypdf import PdfReader

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.addons.base.models.report_paperformat import PAPER_SIZES
from odoo.tools import config

SCRIPT = Path(__file__).resolve().parents[1] / 'setup' / 'lib' / 'wkhtmltopdf.py'
MILLIMETRE = 72 / 25.4


def wkhtmltopdf(*arguments, **variables):
    return subprocess.run(
        [sys.executable, SCRIPT, *(str(word) for word in arguments)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def page(body):
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{body}</body></html>'


def text_of(found):
    """The text of a PDF's page in single letters: fonts join them (ﬁ, ﻼ), a search undoes that."""
    return unicodedata.normalize('NFKC', found.extract_text())


@pytest.fixture
def html(tmp_path):
    """Writes a page and returns its path."""

    def write(name, body):
        path = tmp_path / name
        path.write_text(page(body), 'utf-8')
        return path

    return write


@pytest.fixture(scope='module')
def script():
    return runpy.run_path(str(SCRIPT))


# === WHAT ODOO ASKS FOR === #
def test_odoo_takes_it_for_the_patched_one():
    assert wkhtmltopdf('--version').stdout == 'wkhtmltopdf 0.12.6.1 (with patched qt)\n'


def test_every_paper_of_odoo_is_known(script):
    assert {size['key'] for size in PAPER_SIZES} - {'custom'} == set(script['PAPER'])


def test_command_line_is_understood(script):
    options, bodies, output = script['parse'](
        ['--quiet', '--cookie', 'a', 'b', '--page-size', 'A5', '--dpi', '90', '1', '2', 'o.pdf']
    )
    assert options == {'--quiet': True, '--page-size': 'A5', '--dpi': '90'}
    assert (bodies, output) == (['1', '2'], 'o.pdf')


@pytest.fixture(scope='module')
def report():
    """Two documents of Odoo's layout, the first in Farsi and Chinese and longer than a page."""
    lines = ''.join(f'<p>Line {number}</p>' for number in range(60))
    content = f"""
        <main>
            <div class="header"><p>Header of the first</p></div>
            <div class="article"><h2>سلام دنیا</h2><p>工单已解决，谢谢您的反馈</p>{lines}</div>
            <div class="footer"><p>Page <span class="page"/> of <span class="topage"/></p></div>
            <div class="header"><p>Header of the second</p></div>
            <div class="article"><h2>Short one</h2></div>
            <div class="footer"><p>Page <span class="page"/> of <span class="topage"/></p></div>
        </main>"""
    with odoo.sql_db.db_connect(config['db_name'][0]).cursor() as cursor:
        env = api.Environment(cursor, SUPERUSER_ID, {})
        actions = env['ir.actions.report']
        bodies, _ids, header, footer, specific = actions._prepare_html(page(content))
        pdf = actions._run_wkhtmltopdf(
            bodies, header=header, footer=footer, specific_paperformat_args=specific
        )
        cursor.rollback()
    return PdfReader(io.BytesIO(pdf))


def test_document_has_its_own_header_on_each_page(report):
    texts = [text_of(found) for found in report.pages]
    assert len(texts) > 2
    for text in texts[:-1]:
        assert 'Header of the first' in text and 'Header of the second' not in text
    assert 'Header of the second' in texts[-1] and 'Header of the first' not in texts[-1]


def test_pages_are_numbered_by_document(report):
    first = len(report.pages) - 1
    for number, found in enumerate(report.pages, 1):
        expected = f'Page {number} of {first}' if number <= first else 'Page 1 of 1'
        assert expected in ' '.join(text_of(found).split())


def test_no_line_is_lost_between_pages(report):
    text = ' '.join(text_of(found) for found in report.pages)
    assert [int(number) for number in re.findall(r'Line (\d+)', text)] == list(range(60))


def test_farsi_and_chinese_can_be_read(report):
    text = text_of(report.pages[0])
    assert '工单已解决' in text
    assert 'سلام دنیا' in text
    fonts = {
        str(font.get_object()['/BaseFont'])
        for font in report.pages[0]['/Resources']['/Font'].values()
    }
    assert len(fonts) > 1, 'Farsi and Chinese need fonts of their own'


def test_odoo_finds_where_each_document_begins(report):
    """As ir.actions.report does, to save each as an attachment."""
    root = report.trailer['/Root']
    node, starts = root['/Outlines']['/First'], []
    while True:
        starts.append(root['/Dests'][node['/Dest']][0])
        if '/Next' not in node:
            break
        node = node['/Next']
    assert starts == [0, len(report.pages) - 1]


# === PAPER === #
def test_landscape_and_margins(html, tmp_path):
    body = html('body.html', '<div style="height:10px;background:#f00;width:100%"></div>Top')
    output = tmp_path / 'out.pdf'
    options = ('--page-size', 'A5', '--orientation', 'Landscape', '--margin-top', '30.0')
    result = wkhtmltopdf(*options, '--margin-left', '20.0', body, output)
    assert result.returncode == 0, result.stderr
    found = PdfReader(output).pages
    assert len(found) == 1
    width, height = (float(length) / MILLIMETRE for length in found[0].mediabox.upper_right)
    assert (width, height) == (pytest.approx(210, abs=1), pytest.approx(148, abs=1))
    # the first letter stands below the margin, the bar and nothing else
    places = []
    found[0].extract_text(
        visitor_text=lambda text, matrix, text_matrix, *_font: (
            places.append([float(step) for step in _place(matrix, text_matrix)])
            if text.strip()
            else None
        )
    )
    left, top = places[0][0] / MILLIMETRE, height - places[0][1] / MILLIMETRE
    assert 20 <= left <= 24
    assert 30 <= top <= 40


def _place(matrix, text_matrix):
    """Where the text begins, in points from the lower left corner."""
    x, y = text_matrix[4], text_matrix[5]
    return (
        x * matrix[0] + y * matrix[2] + matrix[4],
        x * matrix[1] + y * matrix[3] + matrix[5],
    )


def test_custom_size(html, tmp_path):
    output = tmp_path / 'out.pdf'
    options = ('--page-width', '62.0mm', '--page-height', '29.0mm', '--margin-top', '0')
    result = wkhtmltopdf(*options, '--margin-bottom', '0', html('body.html', 'Label'), output)
    assert result.returncode == 0, result.stderr
    box = PdfReader(output).pages[0].mediabox
    assert [round(float(length) / MILLIMETRE) for length in box.upper_right] == [62, 29]


# === WHAT A PAGE MAY SEE === #
def test_page_shows_no_file_of_the_server(html, tmp_path):
    (tmp_path / 'secret.html').write_text('the key of the house')
    secret = (tmp_path / 'secret.html').as_uri()
    body = html(
        'body.html',
        f'Public <iframe src="{secret}"></iframe><object data="{secret}"></object>'
        f'<script>fetch("{secret}").then(r => r.text()).then(t => document.body.append(t))</script>',
    )
    output = tmp_path / 'out.pdf'
    assert wkhtmltopdf('--disable-local-file-access', body, output).returncode == 0
    text = PdfReader(output).pages[0].extract_text()
    assert 'Public' in text and 'key of the house' not in text


def test_page_is_printed_as_the_user_who_asks(html, tmp_path):
    cookies = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            cookies.append(self.headers.get('Cookie'))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        jar = tmp_path / 'jar.txt'
        jar.write_text('session_id=abc; HttpOnly; domain=127.0.0.1; path=/;')
        image = f'<img src="http://127.0.0.1:{server.server_port}/web/image/1">'
        result = wkhtmltopdf('--cookie-jar', jar, html('body.html', image), tmp_path / 'out.pdf')
        server.shutdown()
    assert result.returncode == 0, result.stderr
    assert cookies == ['session_id=abc']


# === FAILURES: ONE LINE, AND NOT 1, WHICH ODOO TAKES FOR A WARNING === #
@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ((), 'an input and an output file are needed'),
        (
            ('/nonexistent/body.html', 'out.pdf'),
            '/nonexistent/body.html: No such file or directory',
        ),
        (('a.html', '--page-size'), '--page-size needs a value'),
        (('--margin-top', 'x', 'a.html', 'out.pdf'), 'x is no length'),
    ],
)
def test_failure_is_told(arguments, message):
    result = wkhtmltopdf(*arguments)
    assert (result.returncode, result.stderr) == (2, f'wkhtmltopdf: {message}\n')


def test_missing_chromium_is_told(html, tmp_path):
    result = wkhtmltopdf(
        html('body.html', 'Text'),
        tmp_path / 'out.pdf',
        CHROMIUM='/nonexistent',
        PATH='/nonexistent',
    )
    assert (result.returncode, result.stderr) == (2, 'wkhtmltopdf: Chromium is missing\n')


def test_chromium_that_dies_is_told(html, tmp_path):
    broken = tmp_path / 'chromium'
    broken.write_text('#!/bin/sh\nexit 1\n')
    broken.chmod(0o755)
    result = wkhtmltopdf(html('body.html', 'Text'), tmp_path / 'out.pdf', CHROMIUM=str(broken))
    assert (result.returncode, result.stderr) == (2, 'wkhtmltopdf: Chromium did not start\n')
