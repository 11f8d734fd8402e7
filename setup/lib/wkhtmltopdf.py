"""A drop-in `wkhtmltopdf` that prints through headless Chromium.

Debian's wkhtmltopdf has no headers, footers or page numbers, and garbles Farsi; later releases do
not ship it. Odoo passes few options: paper, margins, orientation, header and footer files, one or
several bodies, the output. Chromium prints each body, then all headers and footers as one document
with a page for each page of the bodies; the second is stamped onto the first.

The files are served on a port of this machine rather than opened, because a page opened from the
disk may show any other file: what a customer wrote into a ticket must not print /etc/passwd.
"""

import base64
import contextlib
import html
import http.client
import http.server
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
import threading
import time
import urllib.parse
from pathlib import Path

VERSION = 'wkhtmltopdf 0.12.6.1 (with patched qt)'
WITH_VALUE = {
    *('--cookie-jar', '--javascript-delay', '--page-size', '--page-width', '--page-height'),
    *('--margin-top', '--margin-bottom', '--margin-left', '--margin-right', '--dpi', '--zoom'),
    *('--header-spacing', '--orientation', '--header-html', '--footer-html', '--viewport-size'),
}
# names, widths and heights in millimetres, as Odoo has them
SIZES = """
A0 841 1189, A1 594 841, A2 420 594, A3 297 420, A4 210 297, A5 148 210, A6 105 148, A7 74 105,
A8 52 74, A9 37 52, B0 1000 1414, B1 707 1000, B2 500 707, B3 353 500, B4 250 353, B5 176 250,
B6 125 176, B7 88 125, B8 62 88, B9 44 62, B10 31 44, C5E 163 229, Comm10E 105 241, DLE 110 220,
Executive 190.5 254, Folio 210 330, Letter 215.9 279.4, Legal 215.9 355.6, Tabloid 279.4 431.8,
Ledger 431.8 279.4
"""
PAPER = {
    name: (float(width), float(height))
    for name, width, height in (size.split() for size in SIZES.split(','))
}
MM_PER_INCH = 25.4
# wkhtmltopdf shrinks a page so that about 1 000 pixels fit A4; reports are designed for it. So they
# are printed on larger paper and made smaller, since Chromium's own scale pushes Farsi off the page.
SHRINK = 0.8
# How long a page's images, fonts and scripts may take.
LOAD_SECONDS = 30


class Failure(Exception):
    """Told to Odoo in one line, with a code that it does not take for a warning."""


def parse(arguments):
    """Return (options, bodies, output) of a wkhtmltopdf command line."""
    options, files = {}, []
    queue = list(arguments)
    while queue:
        word = queue.pop(0)
        if word == '--cookie':
            del queue[:2]
        elif word in WITH_VALUE:
            if not queue:
                raise Failure(f'{word} needs a value')
            options[word] = queue.pop(0)
        elif word.startswith('--'):
            options[word] = True
        else:
            files.append(word)
    if len(files) < 2:
        raise Failure('an input and an output file are needed')
    return options, files[:-1], files[-1]


class Paper:
    """The page and its margins in inches, before it is made smaller."""

    def __init__(self, options):
        width, height = PAPER.get(options.get('--page-size', 'A4'), PAPER['A4'])
        if '--page-width' in options and '--page-height' in options:
            width = _millimetres(options['--page-width'])
            height = _millimetres(options['--page-height'])
        if options.get('--orientation', '').lower() == 'landscape':
            width, height = height, width
        margins = (
            _millimetres(options.get(f'--margin-{side}', '10'))
            for side in ('top', 'bottom', 'left', 'right')
        )
        lengths = [length / MM_PER_INCH / SHRINK for length in (width, height, *margins)]
        self.width, self.height, self.top, self.bottom, self.left, self.right = lengths

    def without_margins(self):
        paper = object.__new__(Paper)
        paper.width, paper.height = self.width, self.height
        paper.top = paper.bottom = paper.left = paper.right = 0
        return paper


def _millimetres(text):
    match = re.match(r'[\d.]+', text)
    if not match:
        raise Failure(f'{text} is no length')
    return float(match[0])


class Files:
    """Serves the named files, and nothing else, to this machine."""

    def __init__(self):
        self.pages = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                page = self.pages.get(urllib.parse.urlsplit(handler.path).path)
                handler.send_response(200 if page is not None else 404)
                handler.send_header('Content-Type', 'text/html; charset=utf-8')
                handler.end_headers()
                handler.wfile.write(page or b'')

            def log_message(self, *_arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, name, page):
        """Serve the text under the name and return its address."""
        # a name that cannot be guessed, because other users of the machine may ask, too
        path = f'/{os.urandom(16).hex()}/{name}'
        self.pages[path] = page
        return f'http://127.0.0.1:{self.server.server_port}{path}'

    def add_file(self, path):
        try:
            return self.add(Path(path).name, Path(path).read_bytes())
        except OSError as error:
            raise Failure(f'{path}: {error.strerror}') from None


class Browser:
    """Headless Chromium, spoken to over its debugging port."""

    def __enter__(self):
        names = (os.environ.get('CHROMIUM'), 'chromium', 'chromium-browser', 'google-chrome')
        chromium = next((path for name in names if name and (path := shutil.which(name))), None)
        if not chromium:
            raise Failure('Chromium is missing')
        self.profile = tempfile.mkdtemp(prefix='aftercare-pdf-')
        command = [
            *(chromium, '--headless', '--disable-gpu', '--disable-quic', '--no-first-run'),
            *('--disable-background-networking', '--disable-component-update', '--disable-sync'),
            *('--disable-dev-shm-usage', '--remote-debugging-port=0'),
            f'--user-data-dir={self.profile}',
        ]
        if os.getuid() == 0:
            command.append('--no-sandbox')
        self.process = subprocess.Popen(
            [*command, 'about:blank'],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # what it keeps for its user goes into the profile, too
            env={**os.environ, 'HOME': self.profile},
            start_new_session=True,
            preexec_fn=_lift_limits,
        )
        self.serial = 0
        try:
            self.socket = self._connect()
        except BaseException:
            self.__exit__()
            raise
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
        deadline = time.monotonic() + 60
        while not (port_file.is_file() and len(port_file.read_text().split('\n')) > 1):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise Failure('Chromium did not start')
            time.sleep(0.02)
        port = int(port_file.read_text().split('\n')[0])
        request = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
        request.request('GET', '/json/list')
        pages = json.loads(request.getresponse().read())
        url = next(page['webSocketDebuggerUrl'] for page in pages if page['type'] == 'page')
        return websocket.create_connection(url, timeout=300, suppress_origin=True)

    def call(self, method, **parameters):
        self.serial += 1
        self.socket.send(json.dumps({'id': self.serial, 'method': method, 'params': parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get('id') == self.serial:
                if 'error' in message:
                    raise Failure(f'{method}: {message["error"]["message"]}')
                return message['result']

    def allow_session(self, jar):
        """Take over the cookies of the user who prints, as Odoo writes them."""
        for line in Path(jar).read_text('utf-8').splitlines():
            pair, *attributes = (part.strip() for part in line.split(';'))
            name, _, value = pair.partition('=')
            found = dict(part.partition('=')[::2] for part in attributes if '=' in part)
            if name and found.get('domain'):
                self.call(
                    'Network.setCookie',
                    name=name,
                    value=value,
                    domain=found['domain'],
                    path=found.get('path', '/'),
                    httpOnly='HttpOnly' in attributes,
                )

    def print(self, url, paper):
        """Return the PDF of the page."""
        self.call('Page.navigate', url=url)
        self.call(
            'Runtime.evaluate',
            expression=f"""
                new Promise((done) => {{
                    setTimeout(done, {LOAD_SECONDS * 1000});
                    const loaded = () => document.fonts.ready.then(() => done());
                    document.readyState === 'complete'
                        ? loaded()
                        : window.addEventListener('load', loaded);
                }})""",
            awaitPromise=True,
        )
        result = self.call(
            'Page.printToPDF',
            paperWidth=paper.width,
            paperHeight=paper.height,
            marginTop=paper.top,
            marginBottom=paper.bottom,
            marginLeft=paper.left,
            marginRight=paper.right,
            printBackground=True,
        )
        return base64.b64decode(result['data'])


def _lift_limits():
    # Odoo limits the server's address space, which Chromium reserves generously.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def render(options, bodies, output):
    from pypdf import PdfReader, PdfWriter

    paper = Paper(options)
    files = Files()
    header, footer = (
        files.add_file(options[name]) if name in options else None
        for name in ('--header-html', '--footer-html')
    )
    writer = PdfWriter()
    with Browser() as browser:
        if '--cookie-jar' in options:
            browser.allow_session(options['--cookie-jar'])
        documents = []
        for body in bodies:
            url = body if '://' in body else files.add_file(body)
            documents.append(PdfReader(io.BytesIO(browser.print(url, paper))).pages)
        stamps = None
        if header or footer:
            book = _stamps(paper, header, footer, bodies, documents, '--header-line' in options)
            url = files.add('stamps.html', book.encode())
            stamps = iter(PdfReader(io.BytesIO(browser.print(url, paper.without_margins()))).pages)
    starts = []
    for document in documents:
        starts.append(len(writer.pages))
        for page in document:
            if stamps:
                page.merge_page(next(stamps))
            page.scale_by(SHRINK)
            writer.add_page(page)
    if len(bodies) > 1:
        _add_outline(writer, starts)
    with Path(output).open('wb') as file:
        writer.write(file)


def _stamps(paper, header, footer, bodies, documents, line):
    """Return a page with a sheet for each page to come: its header and footer, where they belong."""
    total = sum(map(len, documents))
    sheets = []
    for body, document in zip(bodies, documents, strict=True):
        for number in range(1, len(document) + 1):
            # Odoo's script reads these from its address; `webpage` tells it which of the headers
            query = urllib.parse.urlencode(
                {
                    'page': len(sheets) + 1,
                    'topage': total,
                    'sitepage': number,
                    'sitepages': len(document),
                    'webpage': body,
                    'section': '',
                    'subsection': '',
                    'subsubsection': '',
                }
            )
            frames = [
                f'<iframe class="{kind}" src="{html.escape(f"{url}?{query}")}"></iframe>'
                for kind, url in (('header', header), ('footer', footer))
                if url
            ]
            sheets.append(f'<div>{"".join(frames)}</div>')

    return f"""<!DOCTYPE html><meta charset="utf-8"><style>
        @page {{ margin: 0; }}
        body {{ margin: 0; }}
        div {{ position: relative; overflow: hidden; break-after: page; width: {paper.width:.4f}in;
               height: calc({paper.height:.4f}in - 1px); }}
        div:last-child {{ break-after: auto; }}
        iframe {{ position: absolute; border: 0; left: {paper.left:.4f}in;
                  width: {paper.width - paper.left - paper.right:.4f}in; }}
        .header {{ top: 0; height: {paper.top:.4f}in;
                   {'border-bottom: 1px solid; box-sizing: border-box;' if line else ''} }}
        .footer {{ bottom: 0; height: {paper.bottom:.4f}in; }}
        </style>{''.join(sheets)}"""


def _add_outline(writer, starts):
    """Mark where each body begins, as wkhtmltopdf does: Odoo cuts the file there."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject
    from pypdf.generic import TextStringObject as Text

    name = NameObject
    outline = DictionaryObject({name('/Type'): name('/Outlines')})
    root = writer._add_object(outline)
    nodes = [DictionaryObject() for _start in starts]
    references = [writer._add_object(node) for node in nodes]
    destinations = DictionaryObject()
    for index, (node, start) in enumerate(zip(nodes, starts, strict=True)):
        anchor = name(f'/body{index}')
        destinations[anchor] = ArrayObject([NumberObject(start), name('/Fit')])
        node[name('/Title')] = Text(str(index + 1))
        node[name('/Parent')] = root
        node[name('/Dest')] = anchor
        if index:
            node[name('/Prev')] = references[index - 1]
        if index + 1 < len(nodes):
            node[name('/Next')] = references[index + 1]
    outline[name('/First')], outline[name('/Last')] = references[0], references[-1]
    outline[name('/Count')] = NumberObject(len(nodes))
    writer._root_object[name('/Outlines')] = root
    writer._root_object[name('/Dests')] = writer._add_object(destinations)


def main():
    arguments = sys.argv[1:]
    if '--version' in arguments:
        print(VERSION)
        return 0
    try:
        render(*parse(arguments))
    except Failure as failure:
        print(f'wkhtmltopdf: {failure}', file=sys.stderr)
    except Exception as error:
        print(f'wkhtmltopdf: {type(error).__name__}: {error}', file=sys.stderr)
    else:
        return 0
    # Odoo takes 1 for a warning and goes on with an empty file
    return 2


if __name__ == '__main__':
    sys.exit(main())
