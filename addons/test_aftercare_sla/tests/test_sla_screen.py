from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SlaCommon


@tagged('post_install', '-at_install')
class TestSlaScreen(SlaCommon):
    """What the countdown and the timeline are told."""

    def _clock(self, record, moment):
        record.invalidate_recordset(['sla_clock'])
        with self._at(moment):
            return record.with_user(self.agent).sla_clock

    def test_countdown_in_working_time(self):
        self._create_policy(4)
        record = self._create_record('2026-03-06 16:00')
        clock = self._clock(record, '2026-03-06 17:00')
        self.assertEqual(clock['remaining'], 3 * 3600)
        self.assertTrue(clock['ticking'])
        night = self._clock(record, '2026-03-08 12:00')
        self.assertEqual(night['remaining'], 2 * 3600)
        self.assertFalse(night['ticking'])

    def test_countdown_of_a_pause_stands_still(self):
        self._create_policy(4, test_excluded='waiting')
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='waiting')
        clock = self._clock(record, '2026-03-04 10:00')
        self.assertEqual((clock['state'], clock['remaining']), ('paused', 3 * 3600))
        self.assertFalse(clock['ticking'])

    def test_countdown_after_the_deadline_is_negative(self):
        self._create_policy(4)
        record = self._create_record()
        self._run('2026-03-02 14:00')
        clock = self._clock(record, '2026-03-02 15:00')
        self.assertEqual((clock['state'], clock['remaining']), ('failed', -2 * 3600))

    def test_reached_keeps_what_was_left(self):
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='done')
        clock = self._clock(record, '2026-04-01 10:00')
        self.assertEqual((clock['state'], clock['remaining']), ('reached', 3 * 3600))
        self.assertTrue(clock['ended'])

    def test_list_of_eighty_needs_few_queries(self):
        self._create_policy(4)
        self._create_policy(2, target='first_response')
        with self._at('2026-03-02 09:00'):
            records = self.env['test.sla.record'].create([{'name': str(n)} for n in range(80)])
        self.env.flush_all()
        records = records.with_user(self.agent)
        records[:1].mapped('sla_clock')
        self.env.invalidate_all()
        with self._at('2026-03-02 10:00'), self.assertQueryCount(14):
            records.mapped('sla_clock')

    def test_timeline_explains_itself(self):
        self._create_policy(4, test_excluded='waiting')
        self._create_policy(8, target='first_response', test_kind='x')
        record = self._create_record(kind='x')
        self._move(record, '2026-03-02 10:00', stage='waiting')
        self._move(record, '2026-03-02 12:00', stage='work', kind='y')
        with self._at('2026-03-02 12:30'):
            timeline = record.with_user(self.agent).get_sla_timeline()
        first, last = timeline
        self.assertEqual(first['promise'], "Closing within 04:00 working hours")
        self.assertEqual(
            [(row['kind'], row['worked'], row['note']) for row in first['rows'][1:]],
            [('paused', '01:00', 'waiting'), ('resumed', '01:00', 'work')],
        )
        self.assertEqual(first['remaining'], 2.5 * 3600)
        self.assertEqual(last['reason'], "The policy no longer applies")

    def test_timeline_is_for_readers_of_the_record(self):
        record = self._create_record()
        stranger = new_test_user(self.env, 'sla_stranger', groups='base.group_public')
        with self.assertRaises(AccessError):
            record.with_user(stranger).get_sla_timeline()

    def test_customer_does_not_see_the_clocks(self):
        self._create_policy(4)
        record = self._create_record()
        customer = new_test_user(self.env, 'sla_customer', groups='base.group_portal')
        self.assertTrue(record.with_user(customer).read(['sla_deadline']))
        for name in ('sla_status_ids', 'sla_clock', 'sla_stage_log'):
            with self.assertRaises(AccessError):
                record.with_user(customer).read([name])
