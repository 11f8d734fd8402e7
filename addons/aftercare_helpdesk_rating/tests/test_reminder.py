from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common import RatingCommon


@tagged('post_install', '-at_install')
class TestReminder(RatingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['helpdesk.ticket.team'].search([]).rating_reminder_days = 0
        cls.team.rating_reminder_days = 3

    @classmethod
    def _ask_before(cls, days, **values):
        rating = cls._ask(**values)
        cls.env.flush_all()
        cls.env.cr.execute(
            'UPDATE rating_rating SET create_date = %s WHERE id = %s',
            [fields.Datetime.now() - timedelta(days=days), rating.id],
        )
        rating.invalidate_recordset()
        return rating

    def _run(self):
        with patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=60):
            self.env['helpdesk.ticket.team']._cron_remind_of_ratings()

    def _get_log(self, rating):
        return self.env['notification.log'].search(
            [
                ('res_model', '=', 'helpdesk.ticket'),
                ('res_id', '=', rating.res_id),
                ('event_id.code', '=', 'ticket_rating_reminder'),
            ]
        )

    def test_customer_is_reminded_once(self):
        rating = self._ask_before(3)
        self._run()
        self._run()
        log = self._get_log(rating)
        self.assertEqual(log.partner_id, self.customer)
        log._process()
        self.assertNotEqual(log.state, 'failed', log.detail)
        self.assertIn(f'/rate/{rating.access_token}/5', log.mail_mail_id.body_html)
        self.assertTrue(rating.reminder_date)

    def test_nobody_is_reminded_too_early_too_late_or_where_it_is_off(self):
        early = self._ask_before(2)
        late = self._ask_before(60)
        off = self._ask_before(5, team=self.other_team)
        self._run()
        for rating in (early, late, off):
            self.assertFalse(rating.reminder_date)
            self.assertFalse(self._get_log(rating))

    def test_who_has_rated_is_left_in_peace(self):
        rating = self._ask_before(5)
        self.env['helpdesk.ticket'].browse(rating.res_id).rating_apply(5, rating=rating)
        self._run()
        self.assertFalse(self._get_log(rating))

    def test_reopened_ticket_is_no_time_to_ask(self):
        rating = self._ask_before(5)
        self.env['helpdesk.ticket'].browse(rating.res_id).stage_id = self.stage_progress
        self._run()
        self.assertFalse(self._get_log(rating))

    def test_who_rates_before_the_mail_leaves_gets_none(self):
        rating = self._ask_before(5)
        self._run()
        self.env['helpdesk.ticket'].browse(rating.res_id).rating_apply(5, rating=rating)
        log = self._get_log(rating)
        log._process()
        self.assertEqual(log.state, 'skipped')
