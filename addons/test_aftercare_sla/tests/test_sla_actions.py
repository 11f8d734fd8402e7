from odoo.tests import tagged

from .common import SlaCommon


@tagged('post_install', '-at_install')
class TestSlaActions(SlaCommon):
    """Whom warnings and failures reach."""

    def test_responsible_gets_a_to_do(self):
        self._create_policy(4, warning_hours=1, warning_activity=True)
        record = self._create_record(user_id=self.agent.id)
        self._run('2026-03-02 12:30')
        activity = record.activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertIn("4 h", activity.summary)
        self.assertEqual(str(activity.date_deadline), '2026-03-02')

    def test_failure_is_escalated_and_written_down(self):
        self._create_policy(
            4, failed_note=True, failed_activity=True, escalation_user_id=self.manager.id
        )
        record = self._create_record(user_id=self.agent.id)
        self._run('2026-03-02 14:00')
        self.assertEqual(record.activity_ids.user_id, self.agent | self.manager)
        note = record.message_ids.filtered(lambda message: "missed" in message.body)
        self.assertEqual(len(note), 1)
        self.assertIn("<strong>4 h</strong>", note.body)

    def test_nobody_responsible_goes_to_the_escalation(self):
        self._create_policy(
            4, warning_hours=1, warning_activity=True, escalation_user_id=self.manager.id
        )
        record = self._create_record()
        self._run('2026-03-02 12:30')
        self.assertEqual(record.activity_ids.user_id, self.manager)

    def test_nothing_is_done_that_was_switched_off(self):
        self._create_policy(
            4,
            warning_hours=1,
            warning_activity=False,
            warning_note=False,
            failed_activity=False,
            failed_note=False,
        )
        record = self._create_record(user_id=self.agent.id)
        self._run('2026-03-02 12:30')
        self._run('2026-03-02 14:00')
        self.assertFalse(record.activity_ids)
        self.assertFalse(record.message_ids)

    def test_to_dos_end_with_the_clock(self):
        self._create_policy(4, warning_hours=1)
        record = self._create_record(user_id=self.agent.id)
        self._run('2026-03-02 12:30')
        self.assertTrue(record.activity_ids)
        self._move(record, '2026-03-02 12:45', stage='done')
        self.assertFalse(record.activity_ids)

    def test_closed_too_late_tells_nobody_who_could_still_act(self):
        self._create_policy(4, escalation_user_id=self.manager.id)
        record = self._create_record(user_id=self.agent.id)
        self._move(record, '2026-03-02 14:00', stage='done')
        self.assertEqual(record.sla_state, 'failed')
        self.assertFalse(record.activity_ids)

    def test_to_do_speaks_the_language_of_its_reader(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.agent.lang = 'zh_CN'
        policy = self._create_policy(4)
        policy.with_context(lang='zh_CN').name = "四小时"
        record = self._create_record(user_id=self.agent.id)
        self._run('2026-03-02 14:00')
        self.assertIn("四小时", record.activity_ids.summary)
