from odoo import api, models
from odoo.fields import Domain

from ..tools import answers, jws
from ..tools.questions import ApiError
from .license_api import Answer

LINK_SECONDS = 300


class LicenseApi(models.AbstractModel):
    _inherit = 'license.api'

    @api.model
    def _do_latest(self, call, now):
        """Answer the newest version that a licence covers, with a link that works for minutes."""
        envelope, digest = self._read(call, now)
        self._check_limit(('key', digest), self._get_settings().limit_key, now)
        judgement = self._judge(envelope, digest, call.ip, now)
        release = self._find_release(judgement)
        body = judgement.body | {'release': None}
        if release:
            body['release'] = self._build_release(release, judgement, envelope, now)
        return judgement.answer._replace(body=answers.dump(body))

    @api.model
    def _do_download(self, call, now):
        """Answer the file of a release."""
        release = self._find_download(call.args.get('token'), now)
        stream = self.env['ir.binary']._get_stream_from(
            release, 'file', filename=release.file_name or release.version
        )
        return Answer(200, b'', stream=stream)

    @api.model
    def _find_release(self, judgement):
        """Return the newest release that a licence covers, or none.

        What was released in the paid time stays for whoever has expired, unless the policy says
        otherwise.
        """
        license, judged = judgement.license, judgement.verdict
        codes = {'VERSION_SCOPE_MISMATCH'}
        if license and license.strategy == 'restrict':
            codes.add('EXPIRED')
        if not judged.is_valid and judged.code not in codes:
            return self.env['software.release']
        domain = Domain('product_tmpl_id.license_code', '=', license.product) & Domain(
            'is_prerelease', '=', False
        )
        if license.updates_until and license.strategy != 'allow':
            domain &= Domain('date_release', '<=', license.updates_until)
        return self.env['software.release'].search(
            domain & Domain('date_release', '<=', 'now'), limit=1
        )

    @api.model
    def _build_release(self, release, judgement, envelope, now):
        values = {
            'version': release.version,
            'released_at': answers.format_timestamp(answers.to_timestamp(release.date_release)),
            'is_installed': release.version == envelope.question.version,
            'notes': release.notes and str(release.notes),
            'url': None,
            'url_expires_at': None,
            'sha256': None,
        }
        if release.file_digest:
            exp = int(now) + LINK_SECONDS
            issuer = self._get_issuer()
            claims = {'iss': issuer, 'release': release.id, 'exp': exp}
            token = judgement.signer.sign(claims, jws.DOWNLOAD)
            values |= {
                'url': f'{issuer}/license/v1/releases/download?token={token}',
                'url_expires_at': answers.format_timestamp(exp),
                'sha256': release.file_digest,
            }
        return values

    @api.model
    def _find_download(self, token, now):
        """Return the release that a link is for.

        :raises ApiError: 404 for a link that is forged or too old
        """
        public_keys = self.env['license.signing.key']._get_public_keys()
        claims = jws.verify(token or '', public_keys, jws.DOWNLOAD) or {}
        release = self.env['software.release'].browse(claims.get('release', 0)).exists()
        if claims.get('exp', 0) < now or not release.active or not release.file_digest:
            raise ApiError(404, 'NOT_FOUND', "This link does not work any more.")
        return release
