from datetime import timedelta

from odoo.addons.aftercare_helpdesk_after_sales.tests.common import AfterSalesCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import Form, tagged


@tagged('post_install', '-at_install')
class TestCoupon(AfterSalesCommon):
    switch = 'can_give_coupon'
    wizard = 'helpdesk.coupon'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['loyalty.program'].search([('program_type', '=', 'coupons')]).active = False
        cls.program = cls._create_program("Sorry 15", discount=15)
        cls.promotion = cls._create_program("Summer", program_type='promotion')
        cls.over = cls._create_program("Over", date_to=Date.today() - timedelta(days=1))
        company = cls.env['res.company'].create({'name': "Elsewhere"})
        cls.foreign = cls._create_program("Foreign", company_id=company.id)

    @classmethod
    def _create_program(cls, name, discount=10, **values):
        return cls.env['loyalty.program'].create(
            {
                'name': name,
                'program_type': 'coupons',
                'applies_on': 'current',
                'trigger': 'with_code',
                'company_id': cls.company.id,
                'reward_ids': [
                    Command.clear(),
                    Command.create({'required_points': 2, 'discount': discount}),
                ],
                **values,
            }
        )

    def _give(self, **values):
        form = self._open()
        for name, value in values.items():
            form[name] = value
        form.save().action_confirm()
        return self.env['loyalty.card'].search(
            [('ticket_id', '=', self.ticket.id)], order='id desc'
        )

    def test_offered_only_where_a_programme_runs(self):
        self.assertEqual(self._get_action_names(), ['action_coupon'])
        self.program.active = False
        self.assertEqual(self._get_action_names(), [])

    def test_not_offered_by_a_team_that_gives_none(self):
        self.team.can_give_coupon = False
        self.assertEqual(self._get_action_names(), [])

    def test_only_running_programmes_of_the_company_can_be_chosen(self):
        form = self._open()
        self.assertEqual([choice['id'] for choice in form.program_choices], self.program.ids)
        self.assertEqual(form.program_id, self.program)

    def test_coupon_by_an_agent_without_rights(self):
        self.assertFalse(self.env['loyalty.card'].with_user(self.user_a).has_access('read'))
        until = Date.today() + timedelta(days=30)
        mails = self.env['mail.mail'].search([])
        coupon = self._give(valid_until=until)
        self.assertEqual(coupon.program_id, self.program)
        self.assertEqual(coupon.partner_id, self.customer)
        self.assertEqual(coupon.expiration_date, until)
        self.assertEqual(coupon.points, 2)
        self.assertEqual(coupon.history_ids.issued, 2)
        self._assert_told(coupon.code)
        # One mail: the one of the ticket.
        self.assertFalse(
            (self.env['mail.mail'].search([]) - mails).filtered(
                lambda mail: mail.model == 'loyalty.card'
            )
        )

    def test_the_end_of_the_programme_is_proposed(self):
        self.program.date_to = Date.today() + timedelta(days=9)
        self.assertEqual(self._give().expiration_date, self.program.date_to)

    def test_a_coupon_is_valid_then_used(self):
        coupon = self._give()
        ticket = self._as_agent()
        self.assertEqual((ticket.coupon_count, ticket.coupon_state), (1, "Valid"))
        coupon.points -= 2
        self._assert_agent_told(coupon.code)
        self.assertEqual(self._as_agent().coupon_state, "Used")
        # A cancelled order gives it back.
        coupon.points += 2
        self.assertEqual(self._as_agent().coupon_state, "Valid")

    def test_a_coupon_expires(self):
        coupon = self._give()
        coupon.expiration_date = Date.today() - timedelta(days=1)
        self.assertEqual(self._as_agent().coupon_state, "Expired")

    def test_the_agent_sees_and_copies_the_code_without_rights(self):
        coupon = self._give()
        ticket = self._as_agent()
        [row] = ticket.after_sales_rows
        self.assertEqual(row['name'], coupon.code)
        self.assertEqual(row['copies'][0]['value'], coupon.code)
        self.assertFalse(row['can_open'])
        self.assertEqual(ticket.action_view_coupons()['params']['rows'], [row])
        Form(ticket)

    def test_programmes_that_are_no_choice_are_refused(self):
        for program in (self.promotion, self.over, self.foreign):
            with self.subTest(program=program.name), self.assertRaises(UserError):
                self._create(program_id=program.id)
        wizard = self._create(program_id=self.program.id)
        with self.assertRaises(UserError):
            wizard.program_id = self.promotion
            wizard.action_confirm()

    def test_a_coupon_of_yesterday_is_refused(self):
        with self.assertRaises(UserError):
            self._create(program_id=self.program.id, valid_until=Date.today() - timedelta(days=1))

    def test_another_teams_ticket_is_refused(self):
        with self.assertRaises(AccessError):
            self._create(user=self.outsider, program_id=self.program.id)

    def test_a_team_that_is_switched_off_is_refused(self):
        wizard = self._create(program_id=self.program.id)
        self.team.can_give_coupon = False
        with self.assertRaisesRegex(UserError, "does not offer"):
            wizard.action_confirm()
