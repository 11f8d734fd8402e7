from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ReviewCommon


@tagged('post_install', '-at_install')
class TestReview(ReviewCommon):
    # --- asking ---

    def test_closing_asks_the_reviewers(self):
        self._ask()
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.stage_id, self.stage_progress)
        self.assertEqual(self.ticket.review_state, 'pending')
        self.assertTrue(self.ticket._is_in_review())
        self.assertEqual(self.ticket.review_stage_id, self.stage_done)
        self.assertEqual(self.ticket.review_user_ids, self.rita | self.ron)
        self.assertEqual(self._get_activities().user_id, self.rita | self.ron)

    def test_reviewer_sees_the_ticket_and_his_list(self):
        Ticket = self.Ticket.with_user(self.rita)
        self.assertFalse(Ticket.search([('id', '=', self.ticket.id)]))
        self._ask()
        self.assertEqual(Ticket.search([('can_review', '=', True)]), self.ticket)
        self.assertTrue(self.ticket.with_user(self.rita).can_review)
        self.assertFalse(self.ticket.with_user(self.user_b).can_review)
        self.assertFalse(self.Ticket.with_user(self.user_b).search([('can_review', '=', True)]))

    def test_reviewer_of_an_invited_team_sees_the_ticket(self):
        self.team.visibility = 'invited'
        self._ask()
        self.assertEqual(self.ticket.with_user(self.rita).read(['name'])[0]['id'], self.ticket.id)

    def test_team_without_review_closes_at_once(self):
        self.team.review_mode = 'automatic'
        self._ask()
        self.assertTrue(self.ticket.closed)
        self.assertEqual(self.ticket.review_state, 'none')

    def test_cancelling_needs_nobody(self):
        self.ticket.with_user(self.user_a).stage_id = self.stage_cancelled
        self.assertTrue(self.ticket.closed)
        self.assertEqual(self.ticket.review_state, 'none')

    def test_asking_twice_is_asking_once(self):
        self._ask()
        self._ask()
        self.assertEqual(self.ticket.review_ids.mapped('decision'), ['asked'])
        self.assertEqual(len(self._get_activities()), 2)

    def test_customer_is_not_told(self):
        before = self.ticket.message_ids
        self._ask()
        self._decide(self.rita, 'refused', "The manual is missing.")
        told = (self.ticket.message_ids - before).filtered(
            lambda message: self.customer in message.notified_partner_ids
        )
        self.assertFalse(told)
        public = (self.ticket.message_ids - before).filtered(
            lambda message: not message.subtype_id.internal and not message.is_internal
        )
        self.assertFalse(public.filtered(lambda message: "manual" in message.body))

    # --- deciding ---

    def test_approval_closes_in_the_stage_that_was_asked_for(self):
        self._ask()
        self._decide(self.rita, comment="Well done")
        self.assertEqual(self.ticket.stage_id, self.stage_done)
        self.assertTrue(self.ticket.closed_date)
        self.assertEqual(self.ticket.review_state, 'approved')
        self.assertFalse(self.ticket.review_user_ids)
        self.assertFalse(self._get_activities())
        step = self.ticket.review_ids[:1]
        self.assertEqual(
            (step.decision, step.reviewer_id, step.asked_by_id, step.comment),
            ('approved', self.rita, self.user_a, "Well done"),
        )

    def test_refusal_needs_a_reason_and_goes_back(self):
        self._ask()
        with self.assertRaises(UserError):
            self._decide(self.rita, 'refused', "  ")
        self._decide(self.rita, 'refused', "The manual is missing.")
        self.assertEqual(self.ticket.stage_id, self.stage_progress)
        self.assertEqual(self.ticket.review_state, 'refused')
        self.assertEqual(self._get_activities(kind='returned').user_id, self.user_a)
        self.assertFalse(self._get_activities())
        self.assertIn("The manual is missing.", self.ticket.message_ids[:1].body)
        self._ask()
        self.assertEqual(self.ticket.review_state, 'pending', "He may ask again.")
        self.assertFalse(self._get_activities(kind='returned'))

    def test_who_is_not_asked_cannot_decide(self):
        self._ask()
        for user in (self.user_b, self.leader):
            with self.assertRaises(AccessError):
                self._decide(user)
        self.assertFalse(self.ticket.closed)

    def test_reviewer_closing_a_ticket_that_waits_for_him_agrees(self):
        self.team.review_user_ids = self.leader
        self._ask()
        self.ticket.with_user(self.leader).action_resolve()
        self.assertTrue(self.ticket.closed)
        self.assertEqual(self.ticket.review_ids[:1].reviewer_id, self.leader)

    # --- nobody reviews himself ---

    def test_author_is_no_reviewer(self):
        self.team.review_user_ids = self.user_a | self.rita
        self._ask()
        self.assertEqual(self.ticket.review_user_ids, self.rita)
        with self.assertRaises(AccessError):
            self._decide(self.user_a)

    def test_agent_is_no_reviewer_though_somebody_else_asks(self):
        self.team.review_user_ids = self.user_a | self.rita
        self._ask(user=self.user_b)
        self.assertEqual(self.ticket.review_user_ids, self.rita)
        with self.assertRaises(AccessError):
            self._decide(self.user_a)
        with self.assertRaises(AccessError):
            self._decide(self.user_b)

    def test_giving_the_ticket_away_does_not_help_the_author(self):
        self.team.review_user_ids = self.user_a | self.rita
        self._ask(user=self.user_b)
        self.ticket.with_user(self.user_a).user_id = self.user_b
        with self.assertRaises(AccessError):
            self._decide(self.user_a)

    def test_taking_the_ticket_makes_an_author(self):
        self.team.review_user_ids = self.user_b | self.rita
        self._ask()
        self.ticket.with_user(self.user_b).action_take()
        with self.assertRaises(AccessError):
            self._decide(self.user_b)

    def test_only_reviewer_is_the_author_so_the_leader_is_asked(self):
        self.team.write({'review_user_ids': [(6, 0, self.user_a.ids)], 'user_id': self.leader.id})
        self._ask()
        self.assertEqual(self.ticket.review_user_ids, self.leader)
        self._decide(self.leader)
        self.assertTrue(self.ticket.closed)

    def test_no_reviewer_and_no_leader_so_the_managers_are_asked(self):
        self.team.write({'review_user_ids': False, 'user_id': False})
        self._ask()
        self.assertIn(self.mona, self.ticket.review_user_ids)
        self.assertNotIn(self.env.ref('base.user_root'), self.ticket.review_user_ids)
        self._decide(self.mona)
        self.assertTrue(self.ticket.closed)

    def test_only_manager_is_no_dead_end(self):
        managers = self.team._get_managers(self.company)
        (managers - self.mona).group_ids -= self.env.ref('helpdesk_mgmt.group_helpdesk_manager')
        self.team.write({'review_user_ids': False, 'user_id': False})
        self.ticket.user_id = self.mona
        self._ask(user=self.mona)
        self.assertFalse(self.ticket.closed)
        self._decide(self.mona)
        self.assertTrue(self.ticket.closed)

    def test_manager_decides_though_not_asked(self):
        self._ask()
        self._decide(self.mona)
        self.assertTrue(self.ticket.closed)

    def test_manager_cannot_decide_on_his_own_work(self):
        self._ask(user=self.mona)
        with self.assertRaises(AccessError):
            self._decide(self.mona)

    # --- several ---

    def test_all_reviewers(self):
        self.team.review_mode = 'all'
        self._ask()
        self._decide(self.rita)
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.review_user_ids, self.ron)
        self.assertEqual(self.ticket.review_missing, 1)
        with self.assertRaises(AccessError):
            self._decide(self.rita)
        self._decide(self.ron)
        self.assertTrue(self.ticket.closed)

    def test_any_two_of_three(self):
        self.team.write(
            {
                'review_mode': 'several',
                'review_count': 2,
                'review_user_ids': [(4, self.user_c.id)],
            }
        )
        self._ask()
        self._decide(self.rita)
        self.assertFalse(self.ticket.closed)
        self._decide(self.user_c)
        self.assertTrue(self.ticket.closed)

    def test_one_refusal_is_enough(self):
        self.team.review_mode = 'all'
        self._ask()
        self._decide(self.rita)
        self._decide(self.ron, 'refused', "No.")
        self.assertEqual(self.ticket.review_state, 'refused')
        self._ask()
        self.assertEqual(self.ticket.review_missing, 2, "What was approved before is void.")

    def test_reviewer_who_has_left_is_not_waited_for(self):
        self.team.review_mode = 'all'
        self._ask()
        self.ron.active = False
        self._decide(self.rita)
        self.assertTrue(self.ticket.closed)

    def test_manager_among_the_reviewers_may_decide_for_all(self):
        self.team.write({'review_mode': 'all', 'review_user_ids': [(4, self.mona.id)]})
        self._ask()
        self._decide(self.mona, is_final=True)
        self.assertTrue(self.ticket.closed)

    def test_reviewer_cannot_decide_for_all(self):
        self.team.review_mode = 'all'
        self._ask()
        self._decide(self.rita, is_final=True)
        self.assertFalse(self.ticket.closed)

    # --- what ends or restarts a review ---

    def test_reopening_resets(self):
        self._ask()
        self._decide(self.rita)
        self.ticket.with_user(self.user_a).action_reopen()
        self.assertEqual(self.ticket.review_state, 'none')
        self._ask()
        self.assertFalse(self.ticket.closed)

    def test_customer_reopens_and_it_is_reviewed_again(self):
        self._ask()
        self._decide(self.rita)
        self._post(self.ticket, self.customer, "It is broken again.")
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.review_state, 'none')

    def test_customer_writes_meanwhile(self):
        self._ask()
        self._post(self.ticket, self.customer, "One more thing.")
        self.assertEqual(self.ticket.review_state, 'none')
        self.assertEqual(self.ticket.review_ids[:1].decision, 'withdrawn')
        self.assertFalse(self._get_activities())

    def test_agent_withdraws(self):
        self._ask().action_withdraw_review()
        self.assertEqual(self.ticket.review_state, 'none')
        self.assertFalse(self._get_activities())

    def test_moving_on_withdraws(self):
        self._ask().stage_id = self.stage_waiting
        self.assertEqual(self.ticket.review_state, 'none')
        self.assertEqual(self.ticket.stage_id, self.stage_waiting)

    def test_change_after_the_first_approval_starts_again(self):
        self.team.review_mode = 'all'
        self._ask()
        self._decide(self.rita)
        self.ticket.with_user(self.user_a).description = "<p>Something else.</p>"
        self.assertEqual(self.ticket.review_state, 'pending')
        self.assertEqual(self.ticket.review_user_ids, self.rita | self.ron)
        self.assertEqual(self.ticket.review_asked_by_id, self.user_a)

    # --- history ---

    def test_history_is_not_changed(self):
        self._ask()
        step = self.ticket.review_ids
        for user in (self.user_a, self.mona):
            with self.assertRaises(UserError):
                step.with_user(user).write({'comment': "x"})
            with self.assertRaises(AccessError):
                step.with_user(user).unlink()
            with self.assertRaises(AccessError):
                step.with_user(user).create({'ticket_id': self.ticket.id, 'decision': 'approved'})
        with self.assertRaises(UserError):
            step.comment = "x"
        with self.assertRaises(UserError):
            step.unlink()

    def test_history_is_read_by_who_sees_the_ticket(self):
        self._ask()
        stranger = self._create_user('own', 'helpdesk_mgmt.group_helpdesk_user_own')
        Review = self.env['helpdesk.ticket.review']
        domain = [('ticket_id', '=', self.ticket.id)]
        self.assertTrue(Review.with_user(self.user_b).search(domain))
        self.assertFalse(Review.with_user(stranger).search(domain))

    # --- lists ---

    def test_desk_counts(self):
        self._ask()
        for user, key_is_mine in ((self.rita, True), (self.user_b, False)):
            tiles = self.env['helpdesk.desk'].with_user(user).get_data()['counters']
            tile = next(tile for tile in tiles if tile['key'] == 'review')
            # Who reviews nothing himself sees what waits for others, of all teams.
            pending = self.Ticket.with_user(user).search_count([('review_state', '=', 'pending')])
            self.assertEqual(tile['value'], 1 if key_is_mine else pending)
            self.assertEqual(tile['tone'], 'warning' if key_is_mine else 'info')

    def test_closing_many_without_review_asks_no_more(self):
        """The rule costs nothing per ticket where there is none."""
        self.team.review_mode = 'automatic'
        tickets = self.Ticket.create([self._prepare_ticket(user_id=self.user_a.id)] * 20)
        tickets.stage_id = self.stage_progress
        self.env.flush_all()
        self.env.invalidate_all()
        tickets.mapped('stage_id.name')
        team = self.env['helpdesk.ticket.team']
        with self.assertQueryCount(8):
            self.assertFalse(tickets._filter_held(self.stage_done, team))
