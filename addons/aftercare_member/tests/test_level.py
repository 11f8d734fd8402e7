from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date
from odoo.tests import Form, freeze_time, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common_level import LevelCommon

NOW = '2026-03-10 08:00:00'


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestLevel(LevelCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(
            cls.env,
            'level_keeper',
            'aftercare_member.aftercare_member_group_level,'
            'aftercare_agent.aftercare_agent_group_all',
            lang='en_US',
        )

    # === earned === #

    def test_spending_earns_a_level_at_once(self):
        self._spend(400)
        self.assertFalse(self.member.grade_id)
        self._spend(100)
        self.assertEqual(self.member.grade_id, self.silver)
        self.assertEqual(self.member.grade_until, Date.to_date('2026-09-10'))
        self.assertEqual(self.member.specific_property_product_pricelist, self.silver_prices)
        self._spend(500)
        self.assertEqual(self.member.grade_id, self.gold)
        self.assertEqual(self.member.grade_until, Date.to_date('2027-03-10'))
        self.assertEqual(self.member.specific_property_product_pricelist, self.gold_prices)
        self.assertEqual(self._history(), [('automatic', "Silver"), ('automatic', "Gold")])

    def test_what_is_not_paid_earns_nothing(self):
        order = self._create_order(price_unit=5000)
        order.action_confirm()
        self._run_cron()
        self.assertFalse(self.member.grade_id)
        self._pay(order, amount=499)
        self.assertFalse(self.member.grade_id)
        self._pay(order, amount=1)
        self.assertEqual(self.member.grade_id, self.silver)

    def test_only_the_last_twelve_months_count(self):
        (self.gold | self.silver).is_automatic = False
        with freeze_time('2025-03-09 12:00:00'):
            self._spend(400)
        with freeze_time('2025-03-10 12:00:00'):
            self._spend(450)
        (self.gold | self.silver).is_automatic = True
        self._run_cron()
        self.assertEqual(self.member.member_spending, 450)
        self.assertFalse(self.member.grade_id)

    def test_people_of_a_company_spend_for_it(self):
        company = self._create_member(name="Lan Ltd", is_company=True)
        buyer = self.env['res.partner'].create({'name': "Buyer", 'parent_id': company.id})
        self._spend(600, partner=buyer)
        self.assertEqual(company.grade_id, self.silver)
        self.assertFalse(buyer.grade_id)
        self.assertEqual(buyer._get_level_partner(), company)

    def test_customers_who_are_no_members_earn_nothing(self):
        stranger = self.env['res.partner'].create({'name': "Stranger"})
        self._spend(5000, partner=stranger)
        self._run_cron()
        self.assertFalse(stranger.grade_id)

    def test_level_of_everybody_is_given_silently(self):
        self.bronze.is_automatic = True
        self._run_cron()
        self.assertEqual(self.member.grade_id, self.bronze)
        self.assertFalse(self.member.grade_until)
        change = self.member.grade_history_ids
        self.assertEqual(change.explanation, "Every member has this level")
        self.assertFalse(self._get_level_messages())

    def test_members_are_told_of_a_new_level(self):
        self._spend(600)
        self.assertEqual(self._get_level_messages().partner_id, self.member)

    def _get_level_messages(self):
        return self.env['notification.log'].search(
            [
                ('event_id.code', '=', 'member_grade_changed'),
                ('partner_id', '=', self.member.id),
            ]
        )

    def test_levels_of_other_companies(self):
        other = self.env['res.company'].create({'name': "Other Company"})
        self.silver.company_id = self.gold.company_id = other
        self._spend(5000)
        self.assertFalse(self.member.grade_id, "was spent in this company")
        self.silver.company_id = False
        self._run_cron()
        self.assertEqual(self.member.grade_id, self.silver)

    def test_running_again_changes_nothing(self):
        self._spend(600)
        history = self._history()
        self._run_cron()
        self._run_cron()
        self.assertEqual(self._history(), history)

    def test_failing_levels_do_not_fail_payments(self):
        with (
            patch.object(
                self.env.registry['res.partner'], '_decide_grades', side_effect=ValueError
            ),
            mute_logger('odoo.addons.aftercare_member.models.sale_order'),
        ):
            order = self._spend(600)
        self.assertEqual(order.transaction_ids.state, 'done')
        self.assertFalse(self.member.grade_id)
        self._run_cron()
        self.assertEqual(self.member.grade_id, self.silver)

    # === progress === #

    def test_progress_to_the_next_level(self):
        self._spend(400)
        self.assertEqual(self.member.next_grade_id, self.silver)
        self.assertEqual(self.member.grade_progress, 80)
        near = self.env['res.partner'].search(
            [('next_grade_id', '!=', False), ('grade_progress', '>=', 80)]
        )
        self.assertIn(self.member, near)
        self._spend(600)
        self.assertFalse(self.member.next_grade_id)
        self.assertEqual(self.member.grade_progress, 100)

    def test_ranks(self):
        self.assertEqual((self.gold | self.silver | self.bronze).mapped('rank'), [3, 2, 1])

    # === the end of a level === #

    def test_level_that_is_still_earned_goes_on(self):
        self._spend(600)
        with freeze_time('2026-09-10 23:00:00'):
            self._run_cron()
            self.assertEqual(len(self._history()), 1, "the last day counts")
        with freeze_time('2026-09-11 01:00:00'):
            self._run_cron()
        self.assertEqual(self.member.grade_id, self.silver)
        self.assertEqual(self.member.grade_until, Date.to_date('2027-03-11'))
        self.assertEqual(self._history(), [('automatic', "Silver")] * 2)

    def test_member_falls_to_the_level_still_earned(self):
        self._spend(1000)
        with freeze_time('2026-09-01 08:00:00'):
            self._spend(600)
        with freeze_time('2027-03-11 08:00:00'):
            self._run_cron()
        self.assertEqual(self.member.grade_id, self.silver)
        self.assertEqual(self.member.specific_property_product_pricelist, self.silver_prices)
        self.assertEqual(self._history(), [('automatic', "Gold"), ('expiry', "Silver")])
        self.assertIn("03/10/2027", self.member.grade_history_ids[:1].explanation)

    def test_member_who_deserves_nothing_has_no_level(self):
        self._spend(1000)
        with freeze_time('2027-03-11 08:00:00'):
            self._run_cron()
        self.assertFalse(self.member.grade_id)
        self.assertFalse(self.member.grade_until)
        self.assertFalse(self.member.specific_property_product_pricelist)
        self.assertEqual(self._history()[-1], ('expiry', None))

    def test_own_pricelist_survives_the_level(self):
        own = self.env['product.pricelist'].create({'name': "Own Prices"})
        self._spend(1000)
        self.member.specific_property_product_pricelist = own
        with freeze_time('2027-03-11 08:00:00'):
            self._run_cron()
        self.assertEqual(self.member.specific_property_product_pricelist, own)

    def test_level_of_who_is_no_member_ends_as_well(self):
        stranger = self.env['res.partner'].create({'name': "Stranger"})
        stranger._assign_grade(self.gold, "Guest of honour", until=Date.to_date('2026-04-01'))
        with freeze_time('2026-04-02 08:00:00'):
            self._run_cron()
        self.assertFalse(stranger.grade_id)

    # === by hand === #

    @users('level_keeper')
    def test_staff_gives_a_level_with_a_reason(self):
        action = self.member.with_env(self.env).action_change_level()
        form = Form(self.env['member.grade.assign'].with_context(action['context']))
        form.grade_id = self.gold
        self.assertEqual(form.until, Date.to_date('2027-03-10'))
        self.assertFalse(form.is_fixed)
        with self.assertRaises(AssertionError):
            form.save()
        form.reason = "Founding customer"
        form.save().action_assign()
        self.assertEqual(self.member.grade_id, self.gold)
        change = self.member.grade_history_ids
        self.assertEqual(change.user_id, self.env.user)
        self.assertEqual((change.kind, change.explanation), ('manual', "Founding customer"))

    @users('level_keeper')
    def test_who_lowers_a_level_keeps_it_low(self):
        self._spend(1000)
        form = Form(
            self.env['member.grade.assign'].with_context(default_partner_ids=self.member.ids)
        )
        form.grade_id = self.bronze
        self.assertTrue(form.is_fixed)
        form.until = Date.to_date('2026-06-30')
        form.reason = "Abuse"
        form.save().action_assign()
        self.assertEqual(self.member.grade_id, self.bronze)
        self.assertFalse(self.member.specific_property_product_pricelist)
        self._spend(1000)
        self._run_cron()
        self.assertEqual(self.member.grade_id, self.bronze)
        with freeze_time('2026-07-01 08:00:00'):
            self._run_cron()
        self.assertEqual(self.member.grade_id, self.gold)

    def test_without_being_kept_the_earned_level_comes_back(self):
        self._spend(1000)
        self.member._assign_grade(self.bronze, "By mistake")
        self.assertEqual(self.member.grade_id, self.gold)

    def test_reason_and_a_day_to_come_are_needed(self):
        for reason, until in (('', False), ('  ', False), ("Why", Date.to_date('2026-03-09'))):
            with self.assertRaises(UserError):
                self.member._assign_grade(self.gold, reason, until=until)
        self.assertFalse(self.member.grade_id)

    @users('member_east')
    def test_agents_do_not_change_levels(self):
        member = self.member.with_env(self.env)
        member.sudo().agent_id = self.agent_east
        member.city = "Pudong"
        for act in (
            lambda: member.write({'grade_id': self.gold.id}),
            lambda: self.env['res.partner'].create({'name': "X", 'grade_id': self.gold.id}),
            lambda: self.env['member.grade.assign'].create({'reason': "x"}),
            lambda: member.with_context(member_grade_noted=True).write({'grade_id': self.gold.id}),
        ):
            with self.assertRaises(AccessError):
                act()
        self.assertEqual(member.read(['grade_id'])[0]['grade_id'], False)

    @users('level_keeper')
    def test_levels_written_directly_have_a_history_too(self):
        member = self.member.with_env(self.env)
        member.write({'grade_id': self.silver.id})
        self.assertEqual(member.grade_until, Date.to_date('2026-09-10'))
        self.assertEqual(self._history(), [('manual', "Silver")])
        member.with_context(member_grade_noted=True).write({'grade_id': self.gold.id})
        self.assertEqual(len(self._history()), 2)
        created = self.env['res.partner'].create({'name': "New", 'grade_id': self.gold.id})
        self.assertEqual(self._history(created), [('manual', "Gold")])
        self.assertEqual(created.specific_property_product_pricelist, self.gold_prices)

    # === history === #

    def test_history_is_never_changed(self):
        self._spend(600)
        change = self.member.grade_history_ids
        with self.assertRaises(UserError):
            change.reason = "Something else"
        with self.assertRaises(UserError):
            change.unlink()

    @users('member_east')
    def test_agents_see_the_history_of_their_members(self):
        mine = self._create_member(name="Mine", agent_id=self.agent_east.id)
        theirs = self._create_member(name="Theirs", agent_id=self.agent_iran.id)
        (mine | theirs)._assign_grade(self.gold, "Both")
        changes = self.env['member.grade.change'].search([])
        self.assertIn(mine, changes.partner_id)
        self.assertNotIn(theirs, changes.partner_id)
        with self.assertRaises(AccessError):
            self.env['member.grade.change'].create({'partner_id': mine.id, 'kind': 'manual'})

    def test_timeline_shows_levels(self):
        self._spend(600)
        self.assertIn("Silver", self.member.member_timeline)

    # === merge === #

    def test_merged_member_has_the_best_level(self):
        other = self._create_member(name="Twin")
        other._assign_grade(self.gold, "Founder", until=Date.to_date('2026-12-31'))
        self.member._assign_grade(self.silver, "Friend")
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((self.member | other).ids, self.member)
        self.assertEqual(self.member.grade_id, self.gold)
        self.assertEqual(self.member.grade_until, Date.to_date('2026-12-31'))
        self.assertEqual(len(self.member.grade_history_ids), 3)

    # === speed === #

    def test_queries_do_not_grow_with_members(self):
        def measure(count):
            members = self.env['res.partner'].create(
                [{'name': f"M{number}", 'is_member': True} for number in range(count)]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            with self.profile_queries() as counter:
                members._decide_grades()
            return counter.count

        measure(2)
        few, many = measure(5), measure(60)
        self.assertLessEqual(many, few + 1)
