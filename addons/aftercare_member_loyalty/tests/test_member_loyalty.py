from psycopg2.errors import CheckViolation

from odoo.addons.aftercare_member.tests.common import MemberCommon
from odoo.fields import Datetime
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestMemberLoyalty(MemberCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program, cls.other_program = cls.env['loyalty.program'].create(
            [
                {'name': name, 'program_type': 'loyalty', 'portal_point_name': "Stars"}
                for name in ("Stars", "Coffee")
            ]
        )
        cls.company = cls.env.company
        cls.env['res.company'].search([]).write(
            {'member_points_program_id': False, 'member_bonus_active': False}
        )
        cls.company.write(
            {
                'member_points_program_id': cls.program.id,
                'member_bonus_active': True,
                'member_bonus_trigger': 'registration',
                'member_bonus_points': 100,
                'member_bonus_ip_days': 0,
            }
        )
        cls.env['res.partner.grade'].search([]).active = False
        cls.gold, cls.silver = cls.env['res.partner.grade'].create(
            [
                {
                    'name': name,
                    'sequence': number,
                    'is_automatic': True,
                    'min_points': points,
                    'validity_months': 12,
                }
                for number, (name, points) in enumerate((("Gold", 500), ("Silver", 200)))
            ]
        )

    def _earn(self, partner, points, program=None, used=0):
        card = self.env['loyalty.card'].create(
            {'program_id': (program or self.program).id, 'partner_id': partner.id}
        )
        return self.env['loyalty.history'].create(
            {'card_id': card.id, 'description': "Order", 'issued': points, 'used': used}
        )

    def _register(self, email='li@example.com'):
        partner = self.env['res.partner'].create({'name': "Li", 'email': email})
        with self._known_places():
            partner._register_member('203.0.113.7')
        return self.env['member.welcome.bonus'].search([('partner_id', '=', partner.id)])

    # === levels === #

    def test_points_earn_a_level_at_once(self):
        member = self._create_member()
        self._earn(member, 150)
        self.assertFalse(member.grade_id)
        self.assertEqual(member.grade_progress, 75)
        self._earn(member, 50)
        self.assertEqual(member.grade_id, self.silver)
        self.assertEqual(member.member_points, 200)
        self.assertIn("200 points", member.grade_history_ids.explanation)

    def test_points_that_are_spent_stay_earned(self):
        member = self._create_member()
        self._earn(member, 250, used=0)
        self._earn(member, 0, used=240)
        self._run_cron()
        self.assertEqual(member.member_points, 250)
        self.assertEqual(member.grade_id, self.silver)

    def test_points_of_other_programmes_earn_nothing(self):
        member = self._create_member()
        self._earn(member, 1000, program=self.other_program)
        self._run_cron()
        self.assertFalse(member.grade_id)

    def test_points_of_more_than_a_year_ago_are_over(self):
        member = self._create_member()
        line = self._earn(member, 150)
        self.env.cr.execute(
            'UPDATE loyalty_history SET create_date = %s WHERE id = %s',
            [Datetime.to_datetime('2025-03-09 12:00:00'), line.id],
        )
        with freeze_time('2026-03-09 12:00:00'):
            member.invalidate_recordset()
            self.assertEqual(member.member_points, 150)
        with freeze_time('2026-03-10 12:00:00'):
            member.invalidate_recordset()
            self.assertEqual(member.member_points, 0)

    def test_conditions_say_points(self):
        self.assertEqual(self.silver._get_conditions(), ["200 points earned in 12 months"])

    # === welcome bonus === #

    def test_new_member_gets_points(self):
        bonus = self._register()
        self.assertEqual((bonus.state, bonus.points), ('granted', 100))
        self.assertIn("100 Stars", bonus.gift)
        card = self.env['loyalty.card'].search(
            [('partner_id', '=', bonus.partner_id.id), ('program_id', '=', self.program.id)]
        )
        self.assertEqual(card.points, 100)
        self.assertEqual(card.history_ids.issued, 100)
        bonus._claim()
        self.assertEqual(card.points, 100)

    def test_second_registration_gets_none(self):
        self._register()
        second = self._register('LI+2@example.com')
        self.assertEqual(second.state, 'refused')
        self.assertFalse(
            self.env['loyalty.card'].search([('partner_id', '=', second.partner_id.id)])
        )

    def test_without_programme_there_are_no_points(self):
        self.company.member_points_program_id = False
        self.assertFalse(self._register().points)

    def test_negative_points_are_refused(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(CheckViolation):
            self.company.member_bonus_points = -1
            self.env.flush_all()
