from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..exceptions import LicenseError
from .software_license_state import ALLOWED_STATES

UNDO_HOURS = 24


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === BUSINESS METHODS: DOMAIN === #
    def _set_domain(self, host_text, reason):
        """Bind to a domain as staff: in any state, without a quota.

        :return: the ``software.license.change``, empty when it is the domain already
        :raises UserError: when the host is no good or taken
        """
        self.ensure_one()
        self._check_reason(reason)
        host = self._parse_host(host_text)
        if host.name == self.domain:
            return self.env['software.license.change']
        return self._lock_version()._bind_primary(host, 'domain', reason=reason)

    def _change_domain(self, host_text, ip=None):
        """Bind to another domain as the customer, effective at once.

        The first domain, and another way to write the present one, cost nothing.

        :param str host_text: as typed
        :param str ip: address of the customer
        :return: the ``software.license.change``, empty when it is the domain already
        :raises UserError: when the host is no good or taken, or the quota is used up
        """
        self.ensure_one()
        host = self._parse_host(host_text)
        if host.name == self.domain:
            return self.env['software.license.change']
        license = self._lock_version()
        license._check_state('change_domain')
        is_counted = bool(license.domain)
        if is_counted:
            license._check_quota()
        return license._bind_primary(
            host, 'domain', ip=ip, is_counted=is_counted, event='license_domain_changed'
        )

    def _undo_domain_change(self, ip=None):
        """Go back to the domain before the last change of the last 24 hours, free of charge.

        :return: the ``software.license.change``
        :raises UserError: when there is nothing to undo, or the old domain is taken meanwhile
        """
        self.ensure_one()
        license = self._lock_version()
        license._check_state('change_domain')
        change = license._get_undoable_change()
        if not change:
            raise LicenseError(
                self.env._(
                    "There is no change of the last %(hours)s hours that could be undone.",
                    hours=UNDO_HOURS,
                ),
                'NOTHING_TO_UNDO',
            )
        host = license._parse_host(change.old_value)
        return license._bind_primary(host, 'undo', ip=ip, event='license_domain_changed')

    def _get_undoable_change(self):
        """Return the domain change of the customer that can still be undone, sudoed, or none."""
        self.ensure_one()
        # sudo: software.license.change - customers may undo what they did
        change_sudo = (
            self.env['software.license.change']
            .sudo()
            .search(
                [('license_id', '=', self.id), ('kind', 'in', self._get_domain_kinds())], limit=1
            )
        )
        since = fields.Datetime.now() - timedelta(hours=UNDO_HOURS)
        return change_sudo.filtered(
            lambda change: (
                change.kind == 'domain'
                and change.is_counted
                and change.old_value
                and change.date > since
            )
        )

    def _preview_domain(self, host_text):
        """Tell what :meth:`_change_domain` would do.

        :return: dict fit for JSON: ``domain`` and ``display`` (None when the text is no host),
            ``environment``, ``warnings`` (list of ``{'code', 'message'}``), ``error`` (None or
            such a dict), ``is_change``, ``changes_left``, ``next_change_at`` (naive UTC text, None
            when a change is possible now, or never)
        """
        self.ensure_one()
        changes_left, next_change = self._get_change_allowance()
        preview = {
            'domain': None,
            'display': None,
            'environment': None,
            'warnings': [],
            'error': None,
            'is_change': False,
            'changes_left': changes_left,
            'next_change_at': fields.Datetime.to_string(next_change) if next_change else None,
        }
        try:
            host = self._parse_host(host_text)
            preview |= {
                'domain': host.name,
                'display': host.display,
                'environment': host.environment,
                'is_change': host.name != self.domain,
                'warnings': [
                    {'code': code, 'message': message}
                    for code, message in self._get_domain_warnings(host)
                ],
            }
            if preview['is_change']:
                self._check_state('change_domain')
                self._check_free(host)
                if self.domain:
                    self._check_quota()
        except LicenseError as error:
            preview['error'] = {'code': error.code, 'message': str(error)}
        return preview

    def _preview_host(self, host_text):
        """Tell staff what a text would be bound as: dict with ``display`` and ``error``."""
        self.ensure_one()
        try:
            host = self._parse_host(host_text)
            self._check_free(host)
        except LicenseError as error:
            return {'display': False, 'error': str(error)}
        return {'display': host.display, 'error': False}

    def _get_domain_warnings(self, host):
        """Return what somebody should know before binding to a host: list of (code, message)."""
        self.ensure_one()
        _ = self.env._
        if host.name == self.domain:
            return [('UNCHANGED', _("This is the licensed domain already."))]
        warnings = self.policy_id._get_host_warnings(host)
        # sudo: software.license.domain - only licences of the same customer are looked at
        own_sudo = (
            self.env['software.license.domain']
            .sudo()
            .search(
                [
                    ('name', '=', host.name),
                    ('kind', '!=', 'staging'),
                    ('product_id', '=', self.product_id.id),
                    ('license_id', '!=', self.id),
                    ('license_id.commercial_partner_id', '=', self.commercial_partner_id.id),
                    ('license_id.state', 'in', ALLOWED_STATES['change_domain']),
                ],
                limit=1,
            )
        )
        if own_sudo:
            warnings.append(
                (
                    'OWN_LICENSE',
                    _(
                        "Your licence %(license)s is for this domain already.",
                        license=own_sudo.license_id.name,
                    ),
                )
            )
        return warnings

    def _add_domain(self, host_text, reason='', ip=None):
        """Cover one more domain, as far as the policy goes.

        :raises UserError: when the host is no good or taken, or there are as many as allowed
        """
        self.ensure_one()
        host = self._parse_host(host_text)
        license = self._lock_version()
        if not license.domain:
            return license._bind_primary(host, 'domain', reason=reason, ip=ip)
        license._check_state('change_domain')
        used = license.domain_ids.filtered(lambda each: each.kind != 'staging')
        license._check_not_covered(host)
        if len(used) >= license.policy_id.max_domains:
            raise LicenseError(
                self.env._(
                    "The licence covers %(count)s domains, which is as many as it may.",
                    count=len(used),
                ),
                'TOO_MANY_DOMAINS',
            )
        license._check_free(host)
        license._write_hosts([license._prepare_host_values(host, 'additional')])
        return license._log('add_domain', new=host.display, reason=reason, ip=ip)

    def _remove_domain(self, name, reason='', ip=None):
        """Stop covering a further domain; counts as a change for customers, who give no reason.

        :param str name: normalised name
        :raises UserError: when the quota is used up
        """
        self.ensure_one()
        license = self._lock_version()
        row = license.domain_ids.filtered(
            lambda each: each.kind == 'additional' and each.name == name
        )
        if not row:
            raise LicenseError(self.env._("The licence does not cover this domain."), 'NOT_COVERED')
        if not reason:
            license._check_state('change_domain')
            license._check_quota()
        display = row.display
        row.unlink()
        return license._log(
            'remove_domain', old=display, reason=reason, ip=ip, is_counted=not reason
        )

    def _bind_staging(self, host_text, ip=None):
        """Add a test address: below the licensed domain, or one that is named like a test.

        :return: the ``software.license.change``
        :raises UserError: when it looks like a second site, or there are as many as allowed
        """
        self.ensure_one()
        host = self.policy_id._parse_host(host_text)
        license = self._lock_version()
        license._check_state('change_domain')
        license._check_not_covered(host)
        license._check_staging(host)
        license._write_hosts([license._prepare_host_values(host, 'staging')])
        return license._log('add_staging', new=host.display, ip=ip)

    def _unbind_staging(self, name, ip=None):
        """Forget a test address.

        :param str name: normalised name
        """
        self.ensure_one()
        license = self._lock_version()
        row = license.domain_ids.filtered(lambda each: each.kind == 'staging' and each.name == name)
        if not row:
            return self.env['software.license.change']
        display = row.display
        row.unlink()
        return license._log('remove_staging', old=display, ip=ip)

    # === BUSINESS METHODS: QUOTA === #
    def _get_changes_left(self):
        """Return how many domain changes the customer has left now."""
        self.ensure_one()
        return self._get_change_allowance()[0]

    def _get_change_allowance(self):
        """Return how many changes are left, and when the next one is possible.

        :return: (int, naive UTC datetime, or None for now, or False for not before staff helps)
        """
        self.ensure_one()
        policy = self.policy_id
        now = fields.Datetime.now()
        # sudo: software.license.change - customers may know what they have left
        changes_sudo = (
            self.env['software.license.change']
            .sudo()
            .search_fetch(
                Domain('license_id', 'in', self._origin.ids)
                & Domain('date', '>', now - timedelta(days=policy.change_days))
                & (Domain('is_counted', '=', True) | Domain('kind', '=', 'grant')),
                ['date', 'kind', 'is_counted'],
                order='date, id',
            )
        )
        used = changes_sudo.filtered('is_counted').mapped('date')
        allowed = policy.change_quota + len(changes_sudo.filtered(lambda row: row.kind == 'grant'))
        left = max(0, allowed - len(used))
        moments = []
        if not left:
            if not policy.change_quota or not used:
                return 0, False
            moments.append(used[len(used) - allowed] + timedelta(days=policy.change_days))
        if used:
            moments.append(used[-1] + timedelta(minutes=policy.change_spacing_minutes))
        later = max(moments, default=now)
        return left, later if later > now else None

    def _check_quota(self):
        """Refuse a change that comes too soon or is one too many."""
        self.ensure_one()
        left, next_change = self._get_change_allowance()
        if next_change is None:
            return
        if next_change is False:
            raise LicenseError(
                self.env._("The domain of this licence is changed by us. Please contact us."),
                'DOMAIN_CHANGE_LIMIT_REACHED',
            )
        moment = format_datetime(self.env, next_change, dt_format='medium')
        if left:
            message = self.env._(
                "The domain was changed a moment ago. Please wait until %(moment)s.", moment=moment
            )
        else:
            message = self.env._(
                "The domain was changed %(count)s times within %(days)s days, which is the limit. "
                "The next change is possible on %(moment)s. Please contact us if you can not wait.",
                count=self.policy_id.change_quota,
                days=self.policy_id.change_days,
                moment=moment,
            )
        raise LicenseError(message, 'DOMAIN_CHANGE_LIMIT_REACHED')

    # === BUSINESS METHODS: PARTS === #
    def _parse_host(self, host_text):
        """Return the host for the licensed domain, or raise what is wrong in plain words."""
        policy = self.policy_id
        if not policy.max_domains:
            raise LicenseError(self.env._("This licence needs no domain."), 'NO_DOMAIN_NEEDED')
        return policy._normalize_host(host_text)

    def _bind_primary(self, host, kind, reason='', ip=None, is_counted=False, event=None):
        """Write the domain of a locked licence. :return: the ``software.license.change``"""
        self.ensure_one()
        self._check_free(host)
        old = self.domain_display
        self._write_hosts([self._prepare_host_values(host, 'primary')])
        change = self._log(
            kind, old=old, new=host.display, reason=reason, ip=ip, is_counted=is_counted
        )
        if event and old:
            self._notify_event(
                event, {'old': old, 'new': host.display, 'ip': ip or '', 'kind': kind}
            )
        return change

    def _prepare_host_values(self, host, kind):
        return {
            'license_id': self.id,
            'name': host.name,
            'display': host.display,
            'registrable': host.registrable,
            'environment': host.environment,
            'kind': kind,
        }

    def _write_hosts(self, vals_list):
        """Add hosts; a new primary one takes the place of the old one.

        :raises UserError: when another transaction was faster
        """
        self.ensure_one()
        names = {vals['name'] for vals in vals_list}
        is_primary = any(vals['kind'] == 'primary' for vals in vals_list)
        replaced = self.domain_ids.filtered(
            lambda each: each.name in names or (is_primary and each.kind == 'primary')
        )
        self._create_hosts(vals_list, replaced)
        for vals in vals_list:
            if vals['kind'] == 'primary':
                self.write({'domain': vals['name'], 'domain_display': vals['display']})

    def _create_hosts(self, vals_list, replaced=None):
        """Create hosts in place of others.

        :raises UserError: when one is taken, perhaps by a transaction that was faster
        """
        Host = self.env['software.license.domain']
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                (replaced or Host).unlink()
                Host.create(vals_list)
                Host.flush_model()
        except UniqueViolation:
            self.env.transaction.clear()
            raise LicenseError(self._get_taken_message(), 'DOMAIN_ALREADY_LICENSED')

    def _find_holders(self, names):
        """Return the hosts of other licences that nobody else may have, sudoed."""
        # sudo: software.license.domain - a domain is taken whoever asks
        return (
            self.env['software.license.domain']
            .sudo()
            .search(
                [
                    ('product_id', 'in', self.product_id.ids),
                    ('name', 'in', names),
                    ('is_exclusive', '=', True),
                    ('license_id', 'not in', self.ids),
                ]
            )
        )

    def _check_free(self, host):
        """Refuse a domain that another licence of the product has."""
        if not self._holds_domain():
            return
        holder_sudo = self._find_holders([host.name])[:1]
        if not holder_sudo:
            return
        license_sudo = holder_sudo.license_id
        if license_sudo.commercial_partner_id == self.commercial_partner_id:
            raise LicenseError(
                self.env._(
                    "%(domain)s is the domain of your licence %(license)s already. Please choose "
                    "another domain, or change that licence first.",
                    domain=host.display,
                    license=license_sudo.name,
                ),
                'DOMAIN_ALREADY_LICENSED',
            )
        raise LicenseError(self._get_taken_message(), 'DOMAIN_ALREADY_LICENSED')

    def _get_taken_message(self):
        return self.env._(
            "This domain has a licence of this product already. If the domain is yours, please "
            "contact us."
        )

    def _check_not_covered(self, host):
        if host.name in self.domain_ids.mapped('name'):
            raise LicenseError(
                self.env._("The licence covers %(domain)s already.", domain=host.display),
                'COVERED_ALREADY',
            )

    def _check_staging(self, host):
        """Refuse what is no test address, needs no entry, or is one too many."""
        self.ensure_one()
        own = {each.registrable for each in self.domain_ids if each.kind != 'staging'}
        is_own = bool(host.registrable) and host.registrable in own
        if host.environment == 'local' or (is_own and host.environment == 'staging'):
            raise LicenseError(
                self.env._(
                    "%(domain)s needs no entry: the product works there anyway.",
                    domain=host.display,
                ),
                'NOT_NEEDED',
            )
        if not is_own and host.environment != 'staging':
            raise LicenseError(
                self.env._(
                    "%(domain)s looks like a site of its own. A test address lies below your "
                    "domain or says what it is, e.g. staging.%(domain)s.",
                    domain=host.display,
                ),
                'NOT_STAGING',
            )
        count = len(self.domain_ids.filtered(lambda each: each.kind == 'staging'))
        if count >= self.policy_id.staging_count:
            raise LicenseError(
                self.env._(
                    "The licence has %(count)s test addresses, which is as many as it may. Please "
                    "remove one first.",
                    count=count,
                ),
                'TOO_MANY_STAGING',
            )

    def _release_taken_hosts(self, state):
        """Let go of the domains that others took while the licence did not hold them.

        A renewal that is paid takes effect in any case; the owner chooses another domain.

        :param str state: that the licence is about to get
        """
        self.ensure_one()
        lost = self.domain_ids.filtered(lambda each: each.kind != 'staging')
        if not lost or self._holds_domain() or not self._holds_domain(state):
            return
        taken = set(self._find_holders(lost.mapped('name')).mapped('name'))
        lost = lost.filtered(lambda each: each.name in taken)
        if not lost:
            return
        if self.domain in taken:
            self.write({'domain': False, 'domain_display': False})
        self._log(
            'release',
            old=", ".join(lost.mapped('display')),
            reason=self.env._("Another licence of the product took the domain meanwhile."),
        )
        lost.unlink()

    def _get_domain_kinds(self):
        """Return the kinds of changes that set the licensed domain."""
        return ['domain', 'undo', 'release']
