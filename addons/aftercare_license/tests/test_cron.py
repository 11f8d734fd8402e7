from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import LicenseCommon

START = fields.Datetime.to_datetime('2026-03-01 12:00:00')
EXPIRY = fields.Datetime.to_datetime('2027-03-01 12:00:00')
CODES = (
    'license_reminder',
    'license_expired',
    'license_renewal_failed',
    'license_renewed',
)


@tagged('post_install', '-at_install')
class TestCron(LicenseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._let_renewals_be_paid()
        cls.License.search([]).write({'next_check_date': False})
        cls.env['ir.config_parameter'].set_param('aftercare_license.reminder_days', False)
        with freeze_time(START):
            cls.license = cls._create_license('example.com')
        cls.env['notification.log'].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=60)
        )

    def _run(self, moment, license=None):
        """Run the scheduled action twice and return what happened: (state, events)."""
        license = license or self.license
        Log = self.env['notification.log']
        domain = [('res_model', '=', license._name), ('res_id', '=', license.id)]
        before = Log.search(domain)
        with freeze_time(moment):
            self.License._cron_run()
            self.License._cron_run()
        logs = (Log.search(domain) - before).filtered(
            lambda log: log.channel == 'mail' and log.audience == 'customer'
        )
        return license.state, logs.sorted('id').event_id.mapped('code'), len(logs)

    def test_nothing_is_due(self):
        self.assertEqual(self._run(START + timedelta(days=100)), ('active', [], 0))
        self.assertEqual(self.license.next_check_date, EXPIRY - timedelta(days=30))

    def test_a_whole_life(self):
        for days, expected in (
            (-31, ('active', [], 0)),
            (-30, ('active', ['license_reminder'], 1)),
            (-20, ('active', [], 0)),
            (-14, ('active', ['license_reminder'], 1)),
            (-7, ('active', ['license_reminder'], 1)),
            (-1, ('active', ['license_reminder'], 1)),
            (0, ('grace', ['license_expired'], 1)),
            (1, ('grace', [], 0)),
            (3, ('grace', ['license_expired'], 1)),
            (7, ('grace', ['license_expired'], 1)),
            (14, ('expired', [], 0)),
            (100, ('expired', [], 0)),
        ):
            with self.subTest(days=days):
                self.assertEqual(self._run(EXPIRY + timedelta(days=days)), expected)
        self.assertFalse(self.license.next_check_date)
        kinds = self.license.change_ids.sorted('id').mapped('kind')
        self.assertEqual(kinds, ['issue', 'grace', 'expire'])

    def test_after_a_long_stop_only_the_latest_reminder_is_sent(self):
        self.assertEqual(self._run(EXPIRY - timedelta(days=5)), ('active', ['license_reminder'], 1))
        self.assertEqual(
            self._run(EXPIRY + timedelta(days=60)), ('expired', ['license_expired'], 1)
        )

    def test_renewal_starts_the_reminders_again(self):
        self._run(EXPIRY - timedelta(days=7))
        with freeze_time(EXPIRY - timedelta(days=6)):
            self.license._renew()
        self.assertEqual(self._run(EXPIRY + timedelta(days=3)), ('active', [], 0))
        later = EXPIRY.replace(year=2028)
        self.assertEqual(self._run(later - timedelta(days=30)), ('active', ['license_reminder'], 1))

    def test_short_terms_are_not_reminded_right_after_the_purchase(self):
        policy = self._create_policy(term_months=1, grace_days=0)
        with freeze_time('2026-03-01'):
            license = self._create_license(
                'monthly.example.com', product=self._create_product("Monthly", policy, False)
            )
        self.assertEqual(self._run('2026-03-02 06:00:00', license)[1], [])
        self.assertEqual(self._run('2026-03-18', license)[1], ['license_reminder'])
        self.assertEqual(self._run('2026-04-01', license), ('expired', ['license_expired'], 1))

    def test_suspended_and_revoked_licences_are_left_alone(self):
        self.license._suspend("Not paid")
        self.assertFalse(self.license.next_check_date)
        self.assertEqual(self._run(EXPIRY + timedelta(days=30)), ('suspended', [], 0))

    def test_own_days_of_reminders(self):
        self.env['ir.config_parameter'].set_param('aftercare_license.reminder_days', '-10, 5')
        self.license._renew()
        self.assertEqual(
            self.license.next_check_date, self.license.date_expiry - timedelta(days=10)
        )

    def test_nonsense_for_days_of_reminders(self):
        self.env['ir.config_parameter'].set_param('aftercare_license.reminder_days', 'soon')
        with mute_logger('odoo.addons.aftercare_license.models.software_license_cron'):
            self.assertIn(-30, self.License._get_reminder_days())

    def test_automatic_renewal(self):
        self.license._set_auto_renew(True)
        with patch.object(
            self.env.registry['software.license'],
            '_pay_renewal',
            lambda license: license._renew(reason="From the balance") or True,
        ):
            self._run(EXPIRY - timedelta(days=4))
            self.assertEqual(self.license.date_expiry, EXPIRY)
            state, codes, _number = self._run(EXPIRY - timedelta(days=3))
        self.assertEqual(self.license.date_expiry, EXPIRY.replace(year=2028))
        self.assertEqual((state, codes), ('active', ['license_renewed']))

    def test_automatic_renewal_fails(self):
        self.license._set_auto_renew(True)
        self.assertEqual(
            self._run(EXPIRY - timedelta(days=3))[1],
            ['license_renewal_failed', 'license_reminder'],
        )
        tries = []
        with patch.object(
            self.env.registry['software.license'],
            '_pay_renewal',
            lambda license: tries.append(license.id),
        ):
            self.assertEqual(self._run(EXPIRY - timedelta(days=2, hours=1))[1], [])
            self.assertEqual(self._run(EXPIRY - timedelta(days=2))[1], [], "Told once.")
        self.assertEqual(len(tries), 1, "Tried once a day.")

    @mute_logger('odoo.addons.aftercare_license.models.software_license_cron')
    def test_automatic_renewal_that_raises_is_a_failure(self):
        self.license._set_auto_renew(True)
        with patch.object(
            self.env.registry['software.license'], '_pay_renewal', side_effect=ValueError
        ):
            self.assertIn('license_renewal_failed', self._run(EXPIRY - timedelta(days=3))[1])

    @mute_logger('odoo.addons.aftercare_license.models.software_license_cron')
    def test_one_bad_licence_holds_up_no_other(self):
        with freeze_time(START):
            bad = self._create_license('bad.example.com')
            other = self._create_license('other.example.com')
        origin = type(self.License)._process_expiry

        def process(licenses, now):
            if bad in licenses:
                raise ValueError("bad")
            return origin(licenses, now)

        with patch.object(self.env.registry['software.license'], '_process_expiry', process):
            self._run(EXPIRY)
        self.assertEqual((self.license.state, other.state), ('grace', 'grace'))
        self.assertEqual(bad.state, 'active')
        self.assertEqual(bad.next_check_date, EXPIRY + timedelta(hours=1))
        self.assertEqual(self._run(EXPIRY + timedelta(hours=1), bad)[0], 'grace')

    def test_batches(self):
        with (
            freeze_time(START),
            patch('odoo.addons.aftercare_license.models.software_license_cron.BATCH_SIZE', 2),
        ):
            licenses = self.License.union(
                *[self._create_license(f'{index}.example.com') for index in range(5)]
            )
            with freeze_time(EXPIRY):
                self.License._cron_run()
        self.assertEqual(set(licenses.mapped('state')), {'grace'})

    def test_queries_do_not_grow_with_the_licences(self):
        def count(number):
            with freeze_time(START):
                licenses = self.License.create(
                    [
                        {
                            'partner_id': self.customer.id,
                            'product_id': self.product_annual.id,
                            'domain': f'cron-{number}-{index}.example.com',
                        }
                        for index in range(number)
                    ]
                )
                licenses._activate()
                self.env.flush_all()
                self.env.invalidate_all()
            with freeze_time(EXPIRY):
                before = self.env.cr.sql_log_count
                self.License._cron_run()
                queries = self.env.cr.sql_log_count - before
            self.assertEqual(set(licenses.mapped('state')), {'grace'})
            return queries

        count(1)
        few, many = count(3), count(60)
        self.assertLessEqual(many - few, 6)

    def test_search_for_what_is_due_uses_its_index(self):
        self.env.flush_all()
        self.env.cr.execute('SET LOCAL enable_seqscan = off')
        self.env.cr.execute(
            'EXPLAIN SELECT id FROM software_license WHERE next_check_date <= now() '
            'ORDER BY next_check_date, id LIMIT 500'
        )
        plan = ' '.join(row[0] for row in self.env.cr.fetchall())
        self.assertIn('software_license_next_check_idx', plan)
