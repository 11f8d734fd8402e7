import time

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import checkins
from .common import LicenseApiHttpCase


@tagged('post_install', '-at_install')
class TestCheckins(LicenseApiHttpCase):
    def _write(self):
        self.env['license.api']._write_checkins()
        self.env.invalidate_all()

    def test_answers_are_counted_by_day_and_code(self):
        for domain in ('example.com', 'example.com', 'example.org'):
            self._ask(domain)
        self.assertFalse(self.license.checkin_ids)
        self._write()
        counts = {row.code: row.count for row in self.license.checkin_ids}
        self.assertEqual(counts, {'VALID': 2, 'DOMAIN_SCOPE_MISMATCH': 1})
        self.assertTrue(self.license.last_validated_at)
        self.assertEqual(self.license.validation_count, 3)
        self._ask()
        self._write()
        counts = {row.code: row.count for row in self.license.checkin_ids}
        self.assertEqual(counts, {'VALID': 3, 'DOMAIN_SCOPE_MISMATCH': 1})

    def test_licence_is_touched_once_an_hour(self):
        now = time.time()
        for seconds, expected in ((0, now), (1800, now), (3700, now + 3700)):
            self.buffer.add(self.license.id, 'VALID', now + seconds)
            with self.env.registry.cursor() as cr:
                self.buffer.write(cr, now + seconds)
            self.license.invalidate_recordset()
            self.assertAlmostEqual(
                self.license.last_validated_at.timestamp() - time.timezone, expected, delta=2
            )

    def test_installations_are_seen(self):
        client = {'platform': 'php 8.3'}
        instance = {'id': 'i_1', 'fingerprint': 'abc'}
        self._ask(instance=instance, client=client, scope={'version': '3.4.1'})
        self._ask(instance=instance)
        self._ask('example.org', instance={'id': 'i_2'})
        self._ask(product='other', instance={'id': 'i_3'})
        self._write()
        rows = {row.instance_id: row for row in self.license.installation_ids}
        self.assertEqual(set(rows), {'i_1', 'i_2'})
        first = rows['i_1']
        self.assertEqual((first.host, first.fingerprint), ('example.com', 'abc'))
        self.assertEqual(first.check_count, 2)
        self.assertEqual(rows['i_2'].host, 'example.org')

    def test_unknown_keys_are_not_counted(self):
        self._ask(key='ACME-00000-00000-00000-00000-00000')
        self.assertFalse(self.buffer)

    def test_key_that_got_around_fills_no_disk(self):
        now = time.time()
        for index in range(checkins.MAX_INSTALLATIONS + 20):
            self.buffer.add(self.license.id, 'VALID', now, {
                'instance_id': f'i_{index}',
                'fingerprint': None,
                'host': 'example.com',
                'version': None,
                'platform': None,
            })  # fmt: skip
            if index % 10 == 9:
                self._write()
        self.assertLess(len(self.license.installation_ids), checkins.MAX_INSTALLATIONS + 10)

    def test_deleted_licence_does_not_stop_the_others(self):
        self.buffer.add(2_000_000_000, 'VALID', time.time())
        self._ask()
        self._write()
        self.assertEqual(sum(self.license.checkin_ids.mapped('count')), 1)

    @mute_logger('odoo.addons.aftercare_license_api.tools.checkins')
    def test_what_can_not_be_written_is_kept(self):
        self._ask()

        def fail(*_args):
            raise psycopg2.OperationalError('away')

        self.patch(checkins, '_write', fail)
        self._write()
        self.assertTrue(self.buffer)

    def test_memory_is_bounded(self):
        buffer = checkins.Buffer(max_entries=10)
        for index in range(100):
            buffer.add(index, 'VALID', 0.0)
        self.assertEqual(len(buffer._counts), 10)


@tagged('post_install', '-at_install')
class TestCheckinRhythm(LicenseApiHttpCase):
    def test_quiet_server_writes_at_once_and_a_busy_one_in_batches(self):
        is_due = checkins.Buffer.__dict__['is_due']
        self.assertTrue(callable(is_due))
        buffer = checkins.Buffer()
        rhythm = TestCheckinRhythm.is_due_original
        self.assertFalse(rhythm(buffer, 10, 1000.0))
        buffer.add(1, 'VALID', 1000.0)
        self.assertTrue(rhythm(buffer, 10, 1000.0))
        buffer.written_at = 1000.0
        self.assertFalse(rhythm(buffer, 10, 1009.0))
        self.assertTrue(rhythm(buffer, 10, 1010.0))

    is_due_original = staticmethod(checkins.Buffer.is_due)
