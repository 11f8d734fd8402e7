"""Programs Odoo calls: rtlcss for right-to-left pages, a wkhtmltopdf that prints through Chromium."""

import os
import shutil

from console import SetupError, need_system_packages, run, say, step
from paths import BIN, CACHE, LIB, NODE, ODOO_PREFIX, VENV_PYTHON

RTLCSS = 'rtlcss@4.3.0'
CHROMIUM_NAMES = ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable')


def find_chromium():
    names = (os.environ.get('CHROMIUM'), *CHROMIUM_NAMES)
    return next((path for name in names if name and (path := shutil.which(name))), None)


def ensure_chromium():
    """Return the path of a Chromium, installing it where that is possible."""
    if not find_chromium():
        need_system_packages(['chromium'], 'Chromium (browser tests, PDF)')
    return find_chromium()


def ensure():
    BIN.mkdir(parents=True, exist_ok=True)
    _ensure_rtlcss()
    _ensure_wkhtmltopdf()
    if not find_chromium():
        say(
            '    note: Chromium is missing, so no PDF can be printed; install it: apt-get install chromium'
        )
    _write_fonts_conf()


def environment():
    """Return os.environ with our programs first on the PATH."""
    env = {**os.environ, 'PATH': f'{BIN}:{os.environ.get("PATH", "/usr/bin:/bin")}'}
    env.pop('PYTHONDONTWRITEBYTECODE', None)
    if chromium := find_chromium():
        env['CHROMIUM'] = chromium
    if (BIN.parent / 'fonts.conf').is_file():
        env['FONTCONFIG_FILE'] = str(BIN.parent / 'fonts.conf')
    return env


def _ensure_rtlcss():
    link = BIN / 'rtlcss'
    if link.exists():
        return
    if not shutil.which('npm') or not shutil.which('node'):
        say(
            '    note: node and npm are missing, so Farsi pages are not mirrored; install them: apt-get install nodejs npm'
        )
        return
    try:
        with step('rtlcss, for right-to-left pages'):
            NODE.mkdir(parents=True, exist_ok=True)
            # with a package.json npm installs here; its option --prefix would hide the machine's
            # own npm configuration (proxy, certificates)
            (NODE / 'package.json').write_text('{"private": true}\n')
            run(
                ['npm', 'install', '--no-audit', '--no-fund', '--cache', CACHE / 'npm', RTLCSS],
                log='npm.log',
                failure='rtlcss could not be installed, so Farsi pages are not mirrored',
                cwd=NODE,
            )
            link.unlink(missing_ok=True)
            link.symlink_to(NODE / 'node_modules/.bin/rtlcss')
    except SetupError as error:
        say(f'    note: {error}; the next start tries again')


def _ensure_wkhtmltopdf():
    script = BIN / 'wkhtmltopdf'
    text = f'#!/bin/sh\nexec "{VENV_PYTHON}" "{LIB / "wkhtmltopdf.py"}" "$@"\n'
    if not script.is_file() or script.read_text() != text:
        script.write_text(text)
        script.chmod(0o755)


def _write_fonts_conf():
    fonts = ODOO_PREFIX / 'usr/share/fonts'
    path = BIN.parent / 'fonts.conf'
    if fonts.is_dir():
        path.write_text(
            '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
            f'  <dir>{fonts}</dir>\n'
            '  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
            f'  <cachedir>{BIN.parent / "cache/fontconfig"}</cachedir>\n</fontconfig>\n'
        )
