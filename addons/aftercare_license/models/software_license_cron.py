import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools import terms

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
DEFAULT_REMINDER_DAYS = (-30, -14, -7, -1, 0, 3, 7)
AUTO_RENEW_RETRY = timedelta(days=1)
FAILURE_RETRY = timedelta(hours=1)
WATCHED_STATES = ('active', 'grace', 'expired')


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === BUSINESS METHODS: WHAT IS DUE === #
    @api.model
    def _get_reminder_days(self):
        """Return the days from the expiry on which owners are reminded, in order."""
        # sudo: ir.config_parameter - a setting of this addon
        text = self.env['ir.config_parameter'].sudo().get_param('aftercare_license.reminder_days')
        try:
            days = [int(day) for day in (text or '').replace(';', ',').split(',') if day.strip()]
        except ValueError:
            _logger.warning("aftercare_license.reminder_days is no list of days: %s", text)
            days = []
        return sorted(set(days)) or list(DEFAULT_REMINDER_DAYS)

    def _get_next_moments(self):
        """Return when something is due: the end, the end of grace, reminders, renewal."""
        self.ensure_one()
        if not self.date_expiry or self.state not in WATCHED_STATES:
            return []
        moments = []
        if self.state == 'active':
            moments.append(self.date_expiry)
        if self.state in ('active', 'grace'):
            moments.append(self.date_grace_end)
            if self.auto_renew:
                moments.append(self._get_auto_renew_moment())
        moments.append(
            terms.get_next_reminder(self.date_expiry, self._get_reminder_days(), self.last_reminder)
        )
        return [moment for moment in moments if moment]

    def _get_auto_renew_moment(self):
        """Return when the licence next tries to renew itself: daily once it is time."""
        self.ensure_one()
        start = self.date_expiry - timedelta(days=self.policy_id.auto_renew_days)
        if self.auto_renew_tried_at:
            return max(start, self.auto_renew_tried_at + AUTO_RENEW_RETRY)
        return start

    # === BUSINESS METHODS: SCHEDULED ACTION === #
    @api.model
    def _cron_run(self):
        """Do what is due: automatic renewal, grace, expiry, reminders; each once.

        Finds the few that are due by one index, works in batches, and commits each. A licence
        that fails is tried again after an hour and holds up no other.
        """
        now = fields.Datetime.now()
        # sudo: software.license - the scheduled action serves all companies
        License = self.sudo().with_context(active_test=False)
        due = [('next_check_date', '<=', now)]
        remaining = License.search_count(due)
        self.env['ir.cron']._commit_progress(remaining=remaining)
        seen = 0
        while remaining:
            batch = License.search(due, order='next_check_date, id', limit=BATCH_SIZE, offset=seen)
            if not batch:
                break
            locked = batch.try_lock_for_update(allow_referencing=True)
            seen += len(batch) - len(locked)
            seen += locked._process_due(now)
            remaining = max(0, remaining - len(batch))
            if not self.env['ir.cron']._commit_progress(len(batch), remaining=remaining):
                break

    def _process_due(self, now):
        """Process licences together, or one by one when one of them fails.

        :return: how many could not be processed and are still due
        """
        try:
            with self.env.cr.savepoint():
                self._process_batch(now)
            return 0
        except Exception as error:
            self.env.transaction.clear()
            if len(self) != 1:
                return sum(license._process_due(now) for license in self)
            if isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                return 1
            _logger.exception("Licence %s can not be processed", self.id)
            # Not through the field's dependencies, which may be what fails.
            self.env.cr.execute(
                "UPDATE software_license SET next_check_date = %s WHERE id = %s",
                [now + FAILURE_RETRY, self.id],
            )
            self.invalidate_recordset(['next_check_date'])
            return 0

    def _process_batch(self, now):
        renewing = self.filtered(
            lambda license: (
                license.auto_renew
                and license.state in ('active', 'grace')
                and license._get_auto_renew_moment() <= now
            )
        )
        renewed = renewing._process_auto_renewals(now)
        left = self - renewed
        left._process_expiry(now)
        left._process_reminders(now)
        # What was found due without anything to do must not be found again.
        self.env.add_to_compute(self._fields['next_check_date'], self)
        self.flush_recordset()

    def _process_auto_renewals(self, now):
        """Let licences renew themselves; tell the owner once when it does not work.

        :return: the licences that were renewed
        """
        renewed = failed = self.browse()
        for license in self:
            is_first = not license.auto_renew_tried_at
            license.auto_renew_tried_at = now
            if license._try_pay_renewal():
                renewed += license
            elif is_first:
                failed += license
        if failed:
            failed._notify_event('license_renewal_failed')
        return renewed

    def _try_pay_renewal(self):
        """Pay the renewal in a savepoint: what a payment raises is its failure."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return bool(self._pay_renewal())
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Licence %s can not renew itself", self.id)
            return False

    def _process_expiry(self, now):
        """Set the states that the dates say."""
        for state, kind in (('grace', 'grace'), ('expired', 'expire')):
            licenses = self.filtered(
                lambda license, state=state: (
                    license.state in ('active', 'grace')
                    and license.state != state
                    and license._get_state_at(now) == state
                )
            )
            if licenses:
                licenses = licenses._lock_version()
                licenses.state = state
                licenses._log(
                    kind,
                    old={each.id: each._format_moment(each.date_expiry) for each in licenses},
                )

    def _process_reminders(self, now):
        """Remind owners, of the latest day that has come only: once for each day."""
        days = self._get_reminder_days()
        reminded = {}
        for license in self:
            offset = terms.get_passed_reminder(license.date_expiry, days, now)
            if offset > license.last_reminder:
                license.last_reminder = offset
                reminded[license] = offset
        for code, is_over in (('license_reminder', False), ('license_expired', True)):
            licenses = self.browse(
                [license.id for license, offset in reminded.items() if (offset >= 0) == is_over]
            )
            if licenses:
                licenses._notify_event(code, licenses._get_reminder_extra(reminded, now))

    def _get_reminder_extra(self, reminded, now):
        """Return what the templates know of the moment: dict of licence id → values."""
        return {
            license.id: {
                'offset': reminded[license],
                'days': abs((license.date_expiry - now).days)
                if license.date_expiry > now
                else (now - license.date_expiry).days,
                'date_expiry': fields.Date.to_string(license.date_expiry),
            }
            for license in self
        }
