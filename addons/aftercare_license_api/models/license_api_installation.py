from cryptography.exceptions import InvalidSignature

from odoo import api, fields, models
from odoo.addons.aftercare_license.exceptions import LicenseError

from ..tools import answers, jws
from ..tools.questions import ApiError

CLOCK_TOLERANCE = 300
CONFLICTS = {
    'DOMAIN_ALREADY_LICENSED': "Another licence of this product is bound to this domain.",
    'DOMAIN_CHANGE_LIMIT_REACHED': "The domain of this licence can not be changed now.",
}
FILE_REFUSALS = {
    'OFFLINE_NOT_ALLOWED': "There are no files for this licence.",
    'OFFLINE_QUOTA_REACHED': "As many files were issued lately as there may be.",
    'NO_DOMAIN': "The licence is not bound to a domain yet.",
}


class LicenseApi(models.AbstractModel):
    _inherit = 'license.api'

    # === ACTIVATE === #
    @api.model
    def _do_activate(self, call, now):
        """Register an installation, which binds the domain when the policy says so."""
        envelope, digest = self._read(call, now)
        instance = envelope.question.instance
        if not instance:
            raise ApiError(422, 'UNPROCESSABLE', "This is required.", '/instance/id')
        self._check_public_key(envelope.public_key)
        self._check_limit(('key', digest), self._get_settings().limit_key, now)
        self._check_shared(f'activate {digest}', 'limit_activate', now)
        judgement = self._judge(envelope, digest, call.ip, now, on_refusal=_raise_conflict)
        if not judgement.verdict.is_valid:
            return judgement.answer
        self._add_installation(judgement.license, judgement.verdict, envelope)
        return self._judge(envelope, digest, call.ip, now).answer

    @api.model
    def _check_public_key(self, public_key):
        try:
            if public_key is None or len(jws.decode(public_key)) == 32:
                return
        except ValueError:
            pass
        raise ApiError(
            422,
            'UNPROCESSABLE',
            "This is an Ed25519 key: 32 bytes, base64url.",
            '/instance/public_key',
        )

    @api.model
    def _add_installation(self, license, judged, envelope):
        """Write down an installation, with the key by which it can prove itself.

        :raises ApiError: 409 when the installation is known by another key
        """
        Installation = self.env['software.license.installation'].with_context(active_test=False)
        instance = envelope.question.instance
        known = Installation.search(
            [('license_id', '=', license.id), ('instance_id', '=', instance)]
        )
        if known.active and known.public_key and known.public_key != envelope.public_key:
            raise ApiError(409, 'INSTANCE_MISMATCH', "This installation has another key.")
        vals = {
            'fingerprint': envelope.fingerprint or known.fingerprint,
            'host': judged.host and judged.host.name,
            'version': envelope.question.version or known.version,
            'platform': envelope.platform or known.platform,
            'public_key': envelope.public_key,
            'last_seen': fields.Datetime.now(),
            'active': True,
        }
        if known:
            known.write(vals)
        else:
            Installation.create(vals | {'license_id': license.id, 'instance_id': instance})
        self.env.flush_all()

    # === DEACTIVATE === #
    @api.model
    def _do_deactivate(self, call, now):
        """Release an installation; one with a key of its own has to sign for it."""
        envelope, digest = self._read(call, now)
        instance = envelope.question.instance
        if not instance:
            raise ApiError(422, 'UNPROCESSABLE', "This is required.", '/instance/id')
        self._check_limit(('key', digest), self._get_settings().limit_key, now)
        judgement = self._judge(envelope, digest, call.ip, now)
        if not judgement.license or judgement.verdict.code == 'NOT_FOUND':
            return judgement.answer
        known = self.env['software.license.installation'].search(
            [('license_id', '=', judgement.license.id), ('instance_id', '=', instance)]
        )
        if not known:
            raise ApiError(404, 'NOT_FOUND', "This installation is not active.", '/instance/id')
        if known.public_key:
            self._check_signature(known.public_key, envelope, now)
        known.active = False
        meta = {'code': 'DEACTIVATED', 'ts': answers.format_timestamp(int(now))}
        body = {
            'meta': meta | {'nonce': envelope.nonce},
            'data': {'type': 'installations', 'id': instance, 'attributes': {'active': False}},
        }
        return judgement.answer._replace(body=answers.dump(body), after=None)

    @api.model
    def _check_signature(self, public_key, envelope, now):
        """Refuse what the installation has not signed itself, just now.

        What is signed: five lines, the last one without a newline at its end: ``deactivate``, the
        issuer, the instance, the nonce, the time.
        """
        pointer = '/instance/signature'
        if not envelope.signature or envelope.ts is None:
            raise ApiError(422, 'UNPROCESSABLE', "Sign with the key of the installation.", pointer)
        if abs(envelope.ts - now) > CLOCK_TOLERANCE:
            raise ApiError(422, 'UNPROCESSABLE', "This was signed at another time.", '/instance/ts')
        instance = envelope.question.instance
        lines = ['deactivate', self._get_issuer(), instance, envelope.nonce, str(envelope.ts)]
        try:
            jws.verify_signature(
                public_key, jws.decode(envelope.signature), '\n'.join(lines).encode()
            )
        except (InvalidSignature, ValueError):
            raise ApiError(422, 'UNPROCESSABLE', "This signature is wrong.", pointer)

    # === CHECKOUT === #
    @api.model
    def _do_checkout(self, call, now):
        """Issue a licence file to a program, when the policy lets keys do that."""
        envelope, digest = self._read(call, now)
        self._check_limit(('key', digest), self._get_settings().limit_key, now)
        self._check_shared(f'activate {digest}', 'limit_activate', now)
        judgement = self._judge(envelope, digest, call.ip, now, on_refusal=_raise_conflict)
        if not judgement.verdict.is_valid:
            return judgement.answer
        license = self.env['software.license'].browse(judgement.license.id)
        if not license.policy_id.allow_checkout:
            raise ApiError(
                409, 'CHECKOUT_NOT_ALLOWED', "Licence files are downloaded by the owner."
            )
        bound = judgement.verdict.bound
        try:
            text, until = license._issue_file(
                bound and bound.name, instance=envelope.question.instance, ip=call.ip
            )
        except LicenseError as error:
            raise ApiError(409, error.code, FILE_REFUSALS.get(error.code, "No file can be issued."))
        body = judgement.body | {'file': text, 'file_expires_at': answers.format_timestamp(until)}
        return judgement.answer._replace(body=answers.dump(body))


def _raise_conflict(error):
    """Tell why the first use could not be noted; the words for people stay here."""
    code = getattr(error, 'code', None)
    if code in CONFLICTS:
        raise ApiError(409, code, CONFLICTS[code])
