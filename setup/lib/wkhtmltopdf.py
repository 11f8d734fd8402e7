"""A drop-in `wkhtmltopdf` that prints through headless Chromium.

Debian's wkhtmltopdf has no headers, footers or page numbers, and garbles Farsi; later releases do
not ship it. Odoo passes few options: paper, margins, orientation, header and footer files, one or
several bodies, the output. Headers and footers are printed by Chromium per page and stamped over
the body, so that they keep the report's own styles.
"""

import base64
import contextlib
import http.client
import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

VERSION = 'wkhtmltopdf 0.12.6.1 (with patched qt)'
WITH_VALUE = {
    *('--cookie-jar', '--javascript-delay', '--page-size', '--page-width', '--page-height'),
    *('--margin-top', '--margin-bottom', '--margin-left', '--margin-right', '--dpi', '--zoom'),
    *('--header-spacing', '--orientation', '--header-html', '--footer-html', '--viewport-size'),
    *('--format', '--width', '--height', '--quality'),
}
# millimetres
PAPER = {
    'A3': (297, 420),
    'A4': (210, 297),
    'A5': (148, 210),
    'Letter': (215.9, 279.4),
    'Legal': (215.9, 355.6),
}
MM_PER_INCH = 25.4


def parse(arguments):
    """Return (options, bodies, output) of a wkhtmltopdf command line."""
    options, files = {}, []
    queue = list(arguments)
    while queue:
        word = queue.pop(0)
        if word == '--cookie':
            del queue[:2]
        elif word in WITH_VALUE:
            options[word] = queue.pop(0)
        elif word.startswith('--'):
            options[word] = True
        else:
            files.append(word)
    if len(files) < 2:
        sys.exit('wkhtmltopdf: an input and an output file are needed')
    return options, files[:-1], files[-1]


def paper(options):
    """Return (width, height, top, bottom, left, right) in inches."""
    width, height = PAPER.get(options.get('--page-size', 'A4'), PAPER['A4'])
    if '--page-width' in options:
        width = _millimetres(options['--page-width'])
        height = _millimetres(options['--page-height'])
    if options.get('--orientation', '').lower() == 'landscape':
        width, height = height, width
    margins = [
        _millimetres(options.get(f'--margin-{side}', '10'))
        for side in ('top', 'bottom', 'left', 'right')
    ]
    return [value / MM_PER_INCH for value in (width, height, *margins)]


def _millimetres(text):
    return float(re.match(r'[\d.]+', text)[0])


class Browser:
    """Headless Chromium, spoken to over its debugging port."""

    def __enter__(self):
        chromium = (
            os.environ.get('CHROMIUM') or shutil.which('chromium') or shutil.which('google-chrome')
        )
        if not chromium:
            sys.exit('wkhtmltopdf: Chromium is missing')
        self.profile = tempfile.mkdtemp(prefix='aftercare-pdf-')
        command = [
            *(chromium, '--headless', '--disable-gpu', '--disable-quic', '--no-first-run'),
            *('--disable-background-networking', '--disable-component-update', '--disable-sync'),
            *(
                '--remote-debugging-port=0',
                '--allow-file-access-from-files',
                f'--user-data-dir={self.profile}',
            ),
        ]
        if os.getuid() == 0:
            command.append('--no-sandbox')
        self.process = subprocess.Popen(
            [*command, 'about:blank'],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_lift_limits,
        )
        self.socket = self._connect()
        self.serial = 0
        return self

    def __exit__(self, *_exception):
        with contextlib.suppress(Exception):
            self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _connect(self):
        import websocket

        port_file = Path(self.profile) / 'DevToolsActivePort'
        deadline = time.monotonic() + 30
        while not (port_file.is_file() and len(port_file.read_text().split('\n')) > 1):
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit('wkhtmltopdf: Chromium did not start')
            time.sleep(0.02)
        port = int(port_file.read_text().split('\n')[0])
        request = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
        request.request('GET', '/json/list')
        pages = json.loads(request.getresponse().read())
        url = next(page['webSocketDebuggerUrl'] for page in pages if page['type'] == 'page')
        return websocket.create_connection(url, timeout=120, suppress_origin=True)

    def call(self, method, **parameters):
        self.serial += 1
        self.socket.send(json.dumps({'id': self.serial, 'method': method, 'params': parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get('id') == self.serial:
                if 'error' in message:
                    sys.exit(f'wkhtmltopdf: {method}: {message["error"]["message"]}')
                return message['result']

    def _wait_for_load(self):
        while json.loads(self.socket.recv()).get('method') != 'Page.loadEventFired':
            pass
        self.call(
            'Runtime.evaluate',
            expression='document.fonts.ready.then(() => Promise.all([...document.images].map('
            'i => i.complete || new Promise(r => { i.onload = i.onerror = r; }))))',
            awaitPromise=True,
        )

    def print(self, url, size):
        width, height, top, bottom, left, right = size
        self.call('Page.enable')
        self.serial += 1
        self.socket.send(
            json.dumps({'id': self.serial, 'method': 'Page.navigate', 'params': {'url': url}})
        )
        self._wait_for_load()
        result = self.call(
            'Page.printToPDF',
            paperWidth=width,
            paperHeight=height,
            marginTop=top,
            marginBottom=bottom,
            marginLeft=left,
            marginRight=right,
            printBackground=True,
        )
        return base64.b64decode(result['data'])


def _lift_limits():
    # Odoo limits the server's address space, which Chromium reserves generously.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _file_url(path, **query):
    return f'{Path(path).absolute().as_uri()}?{urllib.parse.urlencode(query)}'


def render(options, bodies, output):
    from pypdf import PdfReader, PdfWriter

    size = paper(options)
    width, height, top, bottom, left, right = size
    writer = PdfWriter()
    with Browser() as browser:
        for body in bodies:
            url = body if '://' in body else _file_url(body)
            pages = PdfReader(io.BytesIO(browser.print(url, size))).pages
            for number, page in enumerate(pages, 1):
                query = {
                    'page': number,
                    'topage': len(pages),
                    'sitepage': number,
                    'sitepages': len(pages),
                }
                if header := options.get('--header-html'):
                    room = (width, height, 0.1, height - top, left, right)
                    stamp = browser.print(_file_url(header, **query), room)
                    page.merge_page(PdfReader(io.BytesIO(stamp)).pages[0])
                if footer := options.get('--footer-html'):
                    room = (width, height, height - bottom, 0.1, left, right)
                    stamp = browser.print(_file_url(footer, **query), room)
                    page.merge_page(PdfReader(io.BytesIO(stamp)).pages[0])
                writer.add_page(page)
    with Path(output).open('wb') as file:
        writer.write(file)


def main():
    arguments = sys.argv[1:]
    if '--version' in arguments:
        print(VERSION)
        return
    render(*parse(arguments))


if __name__ == '__main__':
    main()
