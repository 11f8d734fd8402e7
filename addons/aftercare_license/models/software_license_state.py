from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..exceptions import LicenseError
from ..tools import keys
from ..tools.terms import NO_REMINDER, add_months, get_first_passed_reminder

OLD_KEY_DAYS = 7
MAX_TERMS = 100
RUNNING_STATES = ('active', 'grace', 'expired')
ALLOWED_STATES = {
    'activate': ('draft',),
    'suspend': RUNNING_STATES,
    'reinstate': ('suspended', 'revoked'),
    'revoke': ('draft', *RUNNING_STATES, 'suspended'),
    'extend': (*RUNNING_STATES, 'suspended'),
    'renew': (*RUNNING_STATES, 'suspended'),
    'transfer': (*RUNNING_STATES, 'suspended'),
    'rotate': (*RUNNING_STATES, 'suspended'),
    'change_domain': ('active', 'grace'),
}


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === BUSINESS METHODS: TRANSITIONS === #
    def _activate(self, reason='', at=None):
        """Issue drafts: make their keys and start their terms.

        :param at: naive UTC moment the term starts (for licences taken over from elsewhere)
        :raises UserError: for whatever is no draft
        """
        now = fields.Datetime.now()
        licenses = self._start_transition('activate')
        for license in licenses:
            vals = license._prepare_key_values() if license.policy_id.has_key else {}
            if license.policy_id.expiry_basis == 'creation':
                vals |= license._prepare_term_values(at or now)
            license.write(vals)
            license.state = license._get_state_at(now)
        licenses._log(
            'issue', reason=reason, new={each.id: each.domain_display for each in licenses}
        )
        licenses._notify_event('license_issued')

    def _start_use(self, host_text=None, ip=None, at=None):
        """Note the first use: starts the term and binds the domain where the policy says so.

        Costs nothing when there is nothing to start.

        :param host_text: where the installation runs
        :param at: naive UTC moment, default now
        :return: whether anything changed
        :raises UserError: when the domain can not be bound
        """
        self.ensure_one()
        needs_term = self.state == 'active' and not self.date_start
        needs_domain = (
            host_text and not self.domain and self.policy_id.allow_first_activation
        ) and self.state in ALLOWED_STATES['change_domain']
        if needs_term:
            license = self._lock_version()
            license.write(license._prepare_term_values(at or fields.Datetime.now()))
            license._log('activate', new=license._format_moment(license.date_expiry), ip=ip)
        if needs_domain:
            self._change_domain(host_text, ip=ip)
        return bool(needs_term or needs_domain)

    def _suspend(self, reason):
        """Make licences invalid until they are reinstated.

        :raises UserError: without a reason, or for drafts and ended licences
        """
        licenses = self._start_transition('suspend', reason)
        licenses.state = 'suspended'
        licenses._log('suspend', reason=reason)
        licenses._notify_event('license_suspended', {'reason': reason})

    def _reinstate(self, reason):
        """Make suspended or revoked licences what their dates say.

        :raises UserError: without a reason, or for other licences
        """
        licenses = self._start_transition('reinstate', reason)
        licenses._wake(ALLOWED_STATES['reinstate'])
        licenses._log('reinstate', reason=reason)
        licenses._notify_event('license_reinstated', {'reason': reason})

    def _revoke(self, reason):
        """End licences for good: refund, chargeback, fraud. Their domains become free.

        :raises UserError: without a reason, or for revoked licences
        """
        licenses = self._start_transition('revoke', reason)
        was_issued = licenses.filtered(lambda license: license.state != 'draft')
        licenses.write({'state': 'revoked', 'auto_renew': False})
        licenses._log('revoke', reason=reason)
        was_issued._notify_event('license_revoked', {'reason': reason})

    def _extend(self, until, reason):
        """Give licences more time; those that never end get more time of updates.

        :param until: naive UTC moment of the new end
        :raises UserError: without a reason, or when it is not later than the present end
        """
        now = fields.Datetime.now()
        until = fields.Datetime.to_datetime(until)
        licenses = self._start_transition('extend', reason)
        old, new = {}, {}
        for license in licenses:
            field_name = license._get_end_field()
            end = license[field_name]
            if not end:
                raise LicenseError(
                    self.env._("%(license)s has no end that could be moved.", license=license.name),
                    'NO_END',
                )
            if not until or until <= end or until <= now:
                raise LicenseError(
                    self.env._(
                        "%(license)s lasts until %(date)s already. Please choose a later day, "
                        "which is not over yet.",
                        license=license.name,
                        date=license._format_moment(end),
                    ),
                    'NOT_LATER',
                )
            old[license.id], new[license.id] = map(license._format_moment, (end, until))
            license.write(license._prepare_end_values(until, until.day))
        licenses._wake()
        licenses._log('extend', old=old, new=new, reason=reason)
        licenses._notify_event(
            'license_renewed', {id_: {'until': until} for id_, until in new.items()}
        )

    def _renew(self, terms=1, reason='', at=None):
        """Add terms, counted from the day the policy says; wakes what has expired.

        What never ends gets more updates. A suspended licence gets its time, but stays suspended.

        :param int terms: how many
        :param at: naive UTC moment of the renewal, default now
        :raises UserError: for drafts, revoked licences and what needs no renewal
        """
        now = fields.Datetime.now()
        at = at or now
        if not 0 < terms <= MAX_TERMS:
            raise LicenseError(
                self.env._("Please renew for 1 to %(max)s terms.", max=MAX_TERMS), 'BAD_TERMS'
            )
        licenses = self._start_transition('renew')
        old, new = {}, {}
        for license in licenses:
            if not license._can_renew():
                raise LicenseError(
                    self.env._(
                        "%(license)s never ends: there is nothing to renew.", license=license.name
                    ),
                    'NO_TERM',
                )
            if license.policy_id.term_months and not license.date_expiry:
                license.write(license._prepare_term_values(at))
            end = license[license._get_end_field()]
            base, anchor_day = license._get_renewal_base(at)
            months = license.policy_id.term_months or license.policy_id.updates_months
            until = add_months(base, months * terms, anchor_day)
            old[license.id], new[license.id] = map(license._format_moment, (end, until))
            license.write(license._prepare_end_values(until, anchor_day))
        licenses._wake()
        licenses._log('renew', old=old, new=new, reason=reason)
        licenses._notify_event(
            'license_renewed', {id_: {'until': until} for id_, until in new.items()}
        )

    def _transfer(self, partner, reason):
        """Give licences to another customer, who decides anew about automatic renewal.

        :raises UserError: without a reason, or when the customer has them already
        """
        licenses = self._start_transition('transfer', reason)
        if not partner or partner in licenses.partner_id:
            raise LicenseError(
                self.env._("Please choose the customer who gets the licence."), 'NO_CUSTOMER'
            )
        old = {license.id: license.partner_id.display_name for license in licenses}
        licenses.write({'partner_id': partner.id, 'auto_renew': False})
        licenses._log(
            'transfer',
            old=old,
            new=dict.fromkeys(licenses.ids, partner.display_name),
            reason=reason,
        )
        licenses._notify_event('license_transferred')

    def _rotate_key(self, reason):
        """Replace the key; the old one works for a week, so that sites can be changed over.

        :return: the new key
        :raises UserError: without a reason, or for licences without a key
        """
        self.ensure_one()
        license = self._start_transition('rotate', reason)
        if not license.key:
            raise LicenseError(self.env._("%(license)s has no key.", license=self.name), 'NO_KEY')
        old_last, old_digest = license.key_last, license.key_digest
        license.write(
            license._prepare_key_values()
            | {
                'previous_key_digest': old_digest,
                'previous_key_until': fields.Datetime.now() + timedelta(days=OLD_KEY_DAYS),
            }
        )
        license._log(
            'rotate',
            old={license.id: f'…{old_last}'},
            new={license.id: f'…{license.key_last}'},
            reason=reason,
        )
        license._notify_event('license_key_rotated', {'reason': reason})
        return license.key

    def _rotate_own_key(self):
        """Replace the key as its owner: not again while the last one still works.

        :return: the new key
        :raises UserError: when there are two keys already
        """
        self.ensure_one()
        until = self.previous_key_until
        if until and until > fields.Datetime.now():
            raise LicenseError(
                self.env._(
                    "The key was replaced a few days ago. The next one is possible after "
                    "%(date)s, when the old key ends.",
                    date=format_date(self.env, until),
                ),
                'TOO_SOON',
            )
        return self._rotate_key(self.env._("Asked for by the owner"))

    def _grant_change(self, reason):
        """Allow the customer one more domain change now.

        :raises UserError: without a reason
        """
        self._check_reason(reason)
        # sudo: software.license - staff may not write what methods decide
        self.sudo()._log('grant', reason=reason)

    def _set_auto_renew(self, value, ip=None):
        """Switch the automatic renewal.

        :raises UserError: for licences that do not end
        """
        self.ensure_one()
        value = bool(value)
        if value == self.auto_renew:
            return
        if value and not self._can_auto_renew():
            raise LicenseError(
                self.env._("%(license)s can not renew itself.", license=self.name), 'NO_TERM'
            )
        # sudo: software.license - the owner decides, who may not write licences
        license_sudo = self.sudo()
        license_sudo.auto_renew = value
        license_sudo._log('auto_renew', new={self.id: 'on' if value else 'off'}, ip=ip)

    # === BUSINESS METHODS: RULES === #
    def _can_renew(self):
        """Tell whether there is a term, or a time of updates, that can be prolonged."""
        self.ensure_one()
        return self.state in ALLOWED_STATES['renew'] and bool(
            self.policy_id.term_months or self.policy_id.updates_months
        )

    def _can_auto_renew(self):
        """Tell whether the owner may ask for automatic renewal."""
        self.ensure_one()
        return self._can_renew() and bool(self.policy_id.term_months) and self._has_renewal_payer()

    def _has_renewal_payer(self):
        """Tell whether something could pay the renewal without the owner; a hook."""
        self.ensure_one()
        return False

    def _holds_domain(self, state=None):
        """Tell whether nobody else may have the domain of this licence.

        :param str state: as if it were in this state; default the state it is in
        """
        self.ensure_one()
        state = state or self.state
        if not self.policy_id.domain_unique or state == 'revoked':
            return False
        return state != 'expired' or self._works_after_expiry()

    def _works_after_expiry(self):
        """Tell whether installations go on working after the end."""
        return self.policy_id.expiration_strategy in ('maintain', 'allow')

    def _get_end_field(self):
        """Return which end renewals move: that of the licence, or that of its updates."""
        self.ensure_one()
        return 'date_expiry' if self.policy_id.term_months or self.date_expiry else 'updates_until'

    def _get_state_at(self, moment):
        """Return the state that the dates say."""
        self.ensure_one()
        if not self.date_expiry or moment < self.date_expiry:
            return 'active'
        if self.date_grace_end and moment < self.date_grace_end:
            return 'grace'
        return 'expired'

    def _get_renewal_base(self, at):
        """Return the moment the next term counts from, and the day of month it ends on."""
        self.ensure_one()
        end = self[self._get_end_field()] or at
        basis = self.policy_id.renewal_basis
        is_over = at >= (self.date_grace_end if self.date_expiry else end)
        if basis == 'from_now' or (basis == 'from_now_if_expired' and is_over):
            return at, at.day
        return end, self.anchor_day or end.day

    def _get_renewal_preview(self, terms=1, at=None):
        """Return the end that :meth:`_renew` would give, or False."""
        self.ensure_one()
        if not self._can_renew():
            return False
        base, anchor_day = self._get_renewal_base(at or fields.Datetime.now())
        months = self.policy_id.term_months or self.policy_id.updates_months
        return add_months(base, months * terms, anchor_day)

    # === BUSINESS METHODS: PARTS === #
    def _prepare_key_values(self):
        self.ensure_one()
        key = keys.generate(self.policy_id.key_prefix)
        return {'key': key, 'key_last': key[-5:], 'key_digest': self._get_key_digest(key)}

    def _prepare_term_values(self, start):
        """Return the dates of the first term; those a licence was made with stay."""
        self.ensure_one()
        policy = self.policy_id
        start = self.date_start or start
        expiry = self.date_expiry or (
            add_months(start, policy.term_months) if policy.term_months else False
        )
        updates_until = self.updates_until or (
            add_months(start, policy.updates_months) if policy.updates_months else expiry
        )
        return {
            'date_start': start,
            'anchor_day': (self.date_expiry or start).day,
            'updates_until': updates_until,
        } | self._prepare_expiry_values(expiry)

    def _prepare_end_values(self, until, anchor_day):
        """Return the dates of a licence that is to last until a moment."""
        self.ensure_one()
        vals = {'anchor_day': anchor_day}
        if self._get_end_field() == 'updates_until':
            return vals | {'updates_until': until}
        if not self.policy_id.updates_months:
            vals['updates_until'] = until
        elif self.updates_until and self.date_expiry:
            vals['updates_until'] = self.updates_until + relativedelta(until, self.date_expiry)
        return vals | self._prepare_expiry_values(until)

    def _prepare_expiry_values(self, expiry):
        """Return a new expiry, with the reminders that it comes too late for left out."""
        now = fields.Datetime.now()
        return {
            'date_expiry': expiry,
            'last_reminder': get_first_passed_reminder(expiry, self._get_reminder_days(), now)
            if expiry
            else NO_REMINDER,
            'auto_renew_tried_at': False,
        }

    def _wake(self, states=RUNNING_STATES):
        """Set the states that the dates say; a domain that others took meanwhile is let go."""
        now = fields.Datetime.now()
        for license in self:
            if license.state not in states:
                continue
            state = license._get_state_at(now)
            if state != license.state:
                license._release_taken_hosts(state)
                license.state = state

    def _start_transition(self, kind, reason=None):
        """Check that something may be done, and lock the licences for it.

        :return: the licences, sudoed: what methods decide may not be written by users
        """
        if reason is not None:
            self._check_reason(reason)
        licenses = self._lock_version()
        licenses._check_state(kind)
        return licenses

    def _lock_version(self):
        """Count the version up, which also makes concurrent changes wait and then retry.

        :return: the licences, sudoed
        """
        # sudo: software.license - what methods decide may not be written by users
        licenses_sudo = self.sudo()
        if licenses_sudo:
            licenses_sudo.flush_recordset()
            self.env.execute_query(
                SQL(
                    "UPDATE software_license SET seq = seq + 1 WHERE id IN %s RETURNING id",
                    licenses_sudo._ids,
                )
            )
            licenses_sudo.invalidate_recordset(['seq'])
        return licenses_sudo

    def _check_reason(self, reason):
        if not (reason or '').strip():
            raise LicenseError(self.env._("Please say why: the history keeps it."), 'NO_REASON')

    def _check_state(self, kind):
        """Refuse what can not be done to a licence in its state."""
        states = dict(self._fields['state']._description_selection(self.env))
        for license in self:
            if license.state not in ALLOWED_STATES[kind]:
                raise LicenseError(
                    self._get_refusals()[kind]
                    % {'license': license.name, 'state': states[license.state].lower()},
                    'BAD_STATE',
                )

    @api.model
    def _get_refusals(self):
        _ = self.env._
        return {
            'activate': _("%(license)s was issued already."),
            'suspend': _("%(license)s is %(state)s and can not be suspended."),
            'reinstate': _("%(license)s is %(state)s: there is nothing to reinstate."),
            'revoke': _("%(license)s is revoked already."),
            'extend': _("%(license)s is %(state)s and can not be extended."),
            'renew': _("%(license)s is %(state)s and can not be renewed."),
            'transfer': _("%(license)s is %(state)s and can not be transferred."),
            'rotate': _("%(license)s is %(state)s and can not get a new key."),
            'change_domain': _(
                "%(license)s is %(state)s: its domain can not be changed. Please renew it or "
                "contact us."
            ),
        }

    def _log(self, kind, old=None, new=None, reason='', ip=None, is_counted=False):
        """Add a row to the history of each licence.

        :param old, new: values, or dicts of licence id → value
        :return: the new ``software.license.change`` rows, as superuser
        """

        def get(values, license):
            return (values.get(license.id) if isinstance(values, dict) else values) or False

        # sudo: software.license.change - rows are written by the methods of licences only
        return (
            self.env['software.license.change']
            .sudo()
            .create(
                [
                    {
                        'license_id': license.id,
                        'kind': kind,
                        'old_value': get(old, license),
                        'new_value': get(new, license),
                        'reason': (reason or '').strip(),
                        'user_id': self.env.uid,
                        'ip': ip,
                        'is_counted': is_counted,
                    }
                    for license in self
                ]
            )
        )

    def _notify_event(self, code, extra=None):
        self.env['notification.event']._notify(code, self, extra)

    @api.model
    def _format_moment(self, moment):
        """Return a moment as the history keeps it."""
        return fields.Date.to_string(moment) if moment else ''

    # === HOOKS === #
    def _pay_renewal(self):
        """Pay the renewal of one licence without its owner; a wallet overrides it.

        :return: whether the licence was renewed (the hook calls :meth:`_renew` itself)
        """
        self.ensure_one()
        return False

    def _get_renewal_url(self):
        """Return the address where the owner renews, or False; a shop overrides it."""
        self.ensure_one()
        return False
