"""A mail server that delivers nothing: every message becomes a file that can be opened.

Development systems send no mail to strangers; what would have been sent lies in .local/mail/.
Speaks as much of SMTP (RFC 5321) as Odoo does.
"""

import re
import socketserver
import threading
import time
from email import message_from_bytes, policy


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self._reply('220 aftercare')
        recipients = []
        while line := self.rfile.readline(4096):
            word = line[:4].upper().strip()
            if word in (b'EHLO', b'HELO'):
                self._reply('250 aftercare')
            elif word == b'RCPT':
                recipients += re.findall(rb'<([^>]*)>', line)
                self._reply('250 OK')
            elif word == b'DATA':
                self._reply('354 go on')
                self.server.keep(recipients, self._read_message())
                recipients = []
                self._reply('250 OK')
            elif word == b'QUIT':
                self._reply('221 bye')
                return
            elif word in (b'MAIL', b'RSET', b'NOOP'):
                self._reply('250 OK')
            else:
                self._reply('502 not known')

    def _reply(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def _read_message(self):
        lines = []
        while (line := self.rfile.readline()) and line != b'.\r\n':
            lines.append(line[1:] if line.startswith(b'.') else line)
        return b''.join(lines)


class MailSink(socketserver.ThreadingTCPServer):
    """Listens on a free port of 127.0.0.1 and writes messages into a folder."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(('127.0.0.1', 0), _Session)
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.Lock()
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def keep(self, recipients, content):
        subject = message_from_bytes(content, policy=policy.default)['subject'] or 'no subject'
        name = re.sub(r'[^\w-]+', '-', f'{subject}')[:60].strip('-')
        to = b'_'.join(recipients[:2]).decode('ascii', 'replace')
        with self.lock:
            stamp = time.strftime('%Y%m%d-%H%M%S') + f'-{time.time_ns() % 1_000_000_000:09d}'
            (self.folder / f'{stamp} {to} {name}.eml').write_bytes(content)
