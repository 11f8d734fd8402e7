"""Odoo 19: a checkout named by ODOO_HOME, an importable one, or Debian's package unpacked here.

The package is fetched with a private apt configuration: the signature of the archive's Release
file and the SHA256 it names are verified by apt, the machine's package state is not touched.
"""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from console import SetupError, need_space, need_system_packages, run, say, step
from paths import CACHE, LOCAL, ODOO_PREFIX, VENV

KEYRING = Path('/usr/share/keyrings/debian-archive-keyring.gpg')
PACKAGE = 'odoo-19'
# The build this checkout was last tested with.
TESTED_SHA256 = '9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf'
# The package replaces these by links into other packages; sid's font-awesome is another major.
LINKED = (
    'libjs-jquery',
    'libjs-jquery-form',
    'libjs-underscore',
    'fonts-font-awesome',
    'fonts-montserrat',
    'fonts-roboto-unhinted',
    'fonts-inconsolata',
    'fonts-ocr-b',
    # Farsi and Chinese in PDFs
    'fonts-vazirmatn',
    'fonts-droid-fallback',
)
LINKED_SUITE = 'trixie'
LANGUAGES = ('zh_CN', 'zh_TW', 'es', 'es_419', 'fa')
PACKAGES = 'usr/lib/python3/dist-packages'
DROPPED = tuple(f'./{PACKAGES}/{name}' for name in ('addons', 'doc', 'setup'))


def fetch():
    """Unpack Debian's package, if there is no other Odoo; this needs no virtualenv."""
    if not _find():
        _ensure_package()


def ensure():
    """Return the identity of the Odoo in use, after making it importable from the venv."""
    source, identity = _find() or (ODOO_PREFIX / PACKAGES, _ensure_package())
    if source is not None:
        _link(source)
    return identity


def _find():
    home = os.environ.get('ODOO_HOME')
    if home:
        source = Path(home).expanduser().absolute()
        release = source / 'odoo' / 'release.py'
        if not release.is_file():
            raise SetupError(f'ODOO_HOME={home} holds no Odoo (odoo/release.py is missing).')
        return source, _version(release)
    probe = 'import odoo.release as r; print(r.__file__); print(r.series)'
    # outside the venv's own link: -S would also hide site-packages, so look only at the system
    result = (
        subprocess.run(
            ['/usr/bin/python3', '-c', probe], capture_output=True, text=True, check=False, cwd='/'
        )
        if Path('/usr/bin/python3').exists()
        else None
    )
    if result and result.returncode == 0:
        path, series = result.stdout.split('\n')[:2]
        if series == '19.0':
            return Path(path).parents[1], _version(Path(path))
    return None


def _version(release):
    match = re.search(r"version_info = \((\d+), (\d+)", release.read_text('utf-8'))
    if not match or match.groups() != ('19', '0'):
        raise SetupError(f'{release} is not Odoo 19.0.')
    digest = hashlib.sha256(release.read_bytes()).hexdigest()[:12]
    return f'checkout:{release.parent}:{digest}'


def _link(source):
    for site in (VENV / 'lib').glob('python3*/site-packages'):
        (site / 'aftercare_odoo.pth').write_text(f'{source}\n')


def _ensure_package():
    stamp = ODOO_PREFIX / '.sha256'
    if stamp.is_file():
        return f'debian:{stamp.read_text().strip()}'
    need_space(2500)
    with step('Odoo 19 from the Debian archive (120 MB)'):
        apt = _PrivateApt()
        sha256, archive = apt.fetch(PACKAGE, 'sid')
        if sha256 != TESTED_SHA256:
            say(f'    note: this build of Odoo ({sha256[:12]}…) is newer than the one last tested')
        unpacked = LOCAL / 'odoo.new'
        shutil.rmtree(unpacked, ignore_errors=True)
        unpacked.mkdir(parents=True)
        _unpack(archive, unpacked, exclude=DROPPED)
        for name in LINKED:
            _unpack(apt.fetch(name, LINKED_SUITE)[1], unpacked)
        _drop_languages(unpacked)
        _mend(unpacked)
        (unpacked / '.sha256').write_text(sha256)
        shutil.rmtree(ODOO_PREFIX, ignore_errors=True)
        unpacked.rename(ODOO_PREFIX)
        archive.unlink()
    return f'debian:{sha256}'


def _unpack(archive, target, exclude=()):
    command = ['dpkg-deb', '--fsys-tarfile', archive]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as deb:
        tar = subprocess.run(
            [
                'tar',
                '-x',
                '-C',
                target,
                '--no-same-owner',
                *(f'--exclude={path}' for path in exclude),
            ],
            stdin=deb.stdout,
            capture_output=True,
            text=True,
            check=False,
        )
    if tar.returncode or deb.returncode:
        reason = (tar.stderr.strip() or 'the archive is broken').splitlines()[0]
        raise SetupError(f'unpacking {archive.name}: {reason}')


def _drop_languages(prefix):
    keep = {f'{language}.po' for language in LANGUAGES}
    for path in (prefix / PACKAGES / 'odoo').rglob('*.po'):
        if path.name not in keep:
            path.unlink()


def _mend(prefix):
    # Missing from the package; without it every bundle of browser unit tests fails.
    selfie = prefix / PACKAGES / 'odoo/addons/mail/static/lib/selfie_segmentation'
    if not selfie.exists():
        selfie.mkdir(parents=True)
        (selfie / 'selfie_segmentation.js').write_text('/* not in this build */\n')
    dangling = [path for path in prefix.rglob('*') if path.is_symlink() and not path.exists()]
    if dangling:
        raise SetupError(
            f'the Odoo package links to {dangling[0].name}, which no known package has.'
        )


class _PrivateApt:
    """apt-get with its own sources, lists and cache below LOCAL."""

    def __init__(self):
        if not shutil.which('apt-get') or not shutil.which('dpkg-deb'):
            raise SetupError('this system has no apt; name an Odoo 19 checkout with ODOO_HOME.')
        if not KEYRING.is_file():
            need_system_packages(['debian-archive-keyring'], "the Debian archive's signing key")
        self.home = CACHE / 'apt'
        for folder in ('state/lists/partial', 'cache/archives/partial', 'files'):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        (self.home / 'state/status').touch()
        mirror = os.environ.get('AFTERCARE_DEBIAN_MIRROR') or self._configured_mirror()
        (self.home / 'sources.list').write_text(
            ''.join(
                f'deb [signed-by={KEYRING}] {mirror} {suite} main\n'
                for suite in ('sid', LINKED_SUITE)
            )
        )
        run([*self._command(), 'update'], log='apt-odoo.log', failure='reading the Debian archive')

    def _configured_mirror(self):
        """The Debian mirror this machine already uses."""
        found = subprocess.run(
            [
                'apt-get',
                'indextargets',
                '--format',
                '$(CREATED_BY) $(ORIGIN) $(REPO_URI)',
            ],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for line in found.splitlines():
            if match := re.fullmatch(r'Packages Debian (\S+/debian/?)', line):
                return match[1]
        for path in [Path('/etc/apt/sources.list'), *Path('/etc/apt/sources.list.d').glob('*')]:
            if path.is_file():
                match = re.search(
                    r'^[^#\n]*?(https?://[^/\s]+/debian)/?\s',
                    path.read_text(errors='replace'),
                    re.M,
                )
                if match:
                    return match[1]
        raise SetupError(
            "this machine's apt knows no Debian mirror (as on Ubuntu); name one with "
            'AFTERCARE_DEBIAN_MIRROR=http://…/debian, or a checkout of Odoo 19 with ODOO_HOME.'
        )

    def _command(self):
        home = self.home
        user = subprocess.run(
            ['id', '-un'], capture_output=True, text=True, check=True
        ).stdout.strip()
        options = {
            'Dir::Etc::sourcelist': home / 'sources.list',
            'Dir::Etc::sourceparts': '/nonexistent',
            'Dir::State': home / 'state',
            'Dir::State::status': home / 'state/status',
            'Dir::Cache': home / 'cache',
            'APT::Sandbox::User': user,
            'APT::Get::List-Cleanup': 'false',
            'Acquire::Languages': 'none',
            'Acquire::Retries': '3',
            # a list that could not be fetched is an error
            'APT::Update::Error-Mode': 'any',
        }
        return ['apt-get', '-q', *(f'-o{key}={value}' for key, value in options.items())]

    def fetch(self, package, suite):
        """Return (sha256, path) of the package's file, downloaded and verified once."""
        uris = subprocess.run(
            [*self._command(), 'download', '--print-uris', f'{package}/{suite}'],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        match = re.search(r"'\S+' (\S+) \d+ SHA256:([0-9a-f]{64})", uris)
        if not match:
            raise SetupError(f'the Debian archive has no package {package} in {suite}.')
        name, sha256 = match.groups()
        path = self.home / 'files' / name.replace('%3a', '_')
        if not (path.is_file() and _sha256(path) == sha256):
            run(
                [*self._command(), 'download', f'{package}/{suite}'],
                log='apt-odoo.log',
                failure=f'downloading {package}',
                cwd=self.home / 'files',
            )
            for downloaded in (self.home / 'files').glob(f'{package}_*.deb'):
                downloaded.rename(path)
            if not path.is_file() or _sha256(path) != sha256:
                path.unlink(missing_ok=True)
                raise SetupError(
                    f'{package}: the downloaded file does not have the checksum the archive names.'
                )
        return sha256, path


def _sha256(path):
    digest = hashlib.sha256()
    with path.open('rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
