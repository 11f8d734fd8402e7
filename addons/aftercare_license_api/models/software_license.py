from datetime import datetime, timedelta, timezone

from odoo import fields, models
from odoo.addons.aftercare_license.exceptions import LicenseError

from ..tools import answers, jws, verdict

QUOTA_DAYS = 30


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === ACTION METHODS === #
    def action_test_verification(self):
        """Open the window that tells what a program would be told."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Test Verification"),
            'res_model': 'software.license.verification',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_license_id': self.id, 'default_domain': self.domain_display},
        }

    # === BUSINESS METHODS: FILES === #
    def _issue_file(self, host_name=None, instance=None, ip=None):
        """Issue a licence file, which is good without asking us until it ends.

        :param str host_name: one of the bound hosts, default the domain
        :param str instance: the one installation it is for, default any
        :param str ip: address of whoever asks
        :return: (text of the file, Unix time of its end)
        :raises LicenseError: OFFLINE_NOT_ALLOWED, OFFLINE_QUOTA_REACHED, NO_DOMAIN, or the code of
            the verdict when the licence is not valid
        """
        self.ensure_one()
        # sudo: software.license - whoever may have a file may not write licences
        license_sudo = self.sudo()
        if not license_sudo._can_issue_file():
            raise LicenseError(
                self.env._("There are no licence files for this licence."), 'OFFLINE_NOT_ALLOWED'
            )
        license_sudo.lock_for_update()
        if not license_sudo._get_files_left():
            raise LicenseError(
                self.env._(
                    "You have fetched %(count)s licence files within %(days)s days, which is the "
                    "limit. Please try again later, or contact us.",
                    count=license_sudo.policy_id.offline_quota,
                    days=QUOTA_DAYS,
                ),
                'OFFLINE_QUOTA_REACHED',
            )
        now = fields.Datetime.now()
        signer, known, judged, question = license_sudo._judge_host(host_name, instance, now)
        if not judged.is_valid or not judged.bound or judged.bound.kind == 'staging':
            raise LicenseError(
                self.env._("The licence is not valid for this domain, so there is no file."),
                judged.code if not judged.is_valid else 'NO_DOMAIN',
            )
        timestamp = answers.to_timestamp(now)
        issuer = self.env['license.api']._get_issuer()
        claims = answers.build_file_claims(
            known, judged, question, issuer, timestamp, license_sudo.policy_id.offline_days
        )
        claims['instance'] = instance or claims['instance']
        until = datetime.fromtimestamp(claims['exp'], timezone.utc).date()
        license_sudo._log('checkout', new=f'{claims["domain"]} → {until}', ip=ip)
        return jws.armour(signer.sign(claims)), claims['exp']

    def _can_issue_file(self):
        """Tell whether there are licence files for this licence at all."""
        self.ensure_one()
        return bool(
            self.policy_id.offline_days and self.policy_id.offline_quota and self.key_digest
        )

    def _get_files_left(self):
        """Return how many files may be issued now."""
        self.ensure_one()
        # sudo: software.license.change - customers may know what they have left
        used = (
            self.env['software.license.change']
            .sudo()
            .search_count(
                [
                    ('license_id', '=', self.id),
                    ('kind', '=', 'checkout'),
                    ('date', '>', fields.Datetime.now() - timedelta(days=QUOTA_DAYS)),
                ]
            )
        )
        return max(0, self.policy_id.offline_quota - used)

    def _get_licensed_hosts(self):
        """Return the bound hosts that a licence file can be for."""
        self.ensure_one()
        return self.domain_ids.filtered(lambda host: host.kind != 'staging')

    # === BUSINESS METHODS: VERDICT === #
    def _judge_host(self, host_text=None, instance=None, now=None, version=None, entitlements=()):
        """Judge this licence as the API would.

        :param str host_text: what a program would say it runs on, default the domain
        :return: (:class:`jws.Signer`, :class:`verdict.License`, :class:`verdict.Verdict`,
            :class:`verdict.Question`)
        """
        self.ensure_one()
        self.env.flush_all()
        now = now or fields.Datetime.now()
        # sudo: software.license - the digest is for administrators only
        license_sudo = self.sudo()
        signer, known = self.env['license.api']._find_license(
            license_sudo.key_digest or '', version, now
        )
        question = verdict.Question(
            product=license_sudo.product_tmpl_id.license_code,
            domain=host_text or license_sudo.domain,
            version=version,
            entitlements=tuple(entitlements),
            instance=instance,
        )
        return signer, known, verdict.evaluate(known, question, now), question
