from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ReviewCommon


@tagged('post_install', '-at_install')
class TestBypass(ReviewCommon):
    """All the ways in which somebody could try to close without being reviewed."""

    def _assert_held(self, ticket=None):
        ticket = ticket or self.ticket
        self.assertFalse(ticket.closed)
        self.assertFalse(ticket.closed_date)
        self.assertEqual(ticket.review_state, 'pending')
        ticket.flush_recordset()
        self.env.cr.execute('SELECT closed FROM helpdesk_ticket WHERE id = %s', [ticket.id])
        self.assertFalse(self.env.cr.fetchone()[0])

    def test_write(self):
        self.ticket.with_user(self.user_a).write({'stage_id': self.stage_done.id, 'priority': '2'})
        self._assert_held()
        self.assertEqual(self.ticket.priority, '2', "Everything else is written.")

    def test_kanban_drag_and_form(self):
        self.ticket.with_user(self.user_a).web_save({'stage_id': self.stage_done.id}, {})
        self._assert_held()
        with Form(self.ticket.with_user(self.user_a)) as form:
            form.stage_id = self.stage_done
        self._assert_held()

    def test_write_to_many_of_different_teams(self):
        free = self._create_ticket(team_id=self.free_team.id, user_id=self.user_a.id)
        (self.ticket | free).with_user(self.user_a).write({'stage_id': self.stage_done.id})
        self._assert_held()
        self.assertTrue(free.closed)

    def test_context_cannot_be_forged(self):
        for value in (True, self.ticket.ids, {'ids': self.ticket.ids}):
            self.ticket.with_user(self.user_a).with_context(
                aftercare_helpdesk_review_pass=value
            ).write({'stage_id': self.stage_done.id})
            self._assert_held()

    def test_fields_of_the_review_are_protected(self):
        ticket = self.ticket.with_user(self.user_a)
        for vals in (
            {'review_state': 'approved'},
            {'review_missing': 0},
            {'review_user_ids': [Command.set(self.user_a.ids)]},
            {'review_stage_id': self.stage_done.id},
            {'review_team_id': False},
            {'review_ids': [Command.create({'decision': 'approved'})]},
        ):
            with self.assertRaises(AccessError):
                ticket.write(vals)
            with self.assertRaises(AccessError):
                self.Ticket.with_user(self.user_a).create(self._prepare_ticket(**vals))

    def test_derived_fields_are_not_written(self):
        self.ticket.with_user(self.user_a).write({'closed': True, 'name': "New"})
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.name, "New")
        for context in ({}, {'default_closed': True, 'default_review_state': 'approved'}):
            ticket = (
                self.Ticket.with_user(self.user_a)
                .with_context(context)
                .create(self._prepare_ticket(**({} if context else {'closed': True})))
            )
            self.assertFalse(ticket.closed)
            self.assertEqual(ticket.review_state, 'none')

    def test_create_in_a_closed_stage(self):
        Ticket = self.Ticket.with_user(self.user_a)
        by_value = Ticket.create(self._prepare_ticket(stage_id=self.stage_done.id))
        by_context = Ticket.with_context(default_stage_id=self.stage_done.id).create(
            self._prepare_ticket()
        )
        for ticket in by_value | by_context:
            self._assert_held(ticket)
            self.assertEqual(ticket.stage_id, self.stage_new)
            self.assertEqual(ticket.review_stage_id, self.stage_done)
            self.assertEqual(ticket.reply_state, 'us')

    def test_import(self):
        result = self.Ticket.with_user(self.user_a).load(
            ['name', 'description', 'team_id/.id', 'stage_id/.id'],
            [["Imported", "<p>x</p>", str(self.team.id), str(self.stage_done.id)]],
        )
        self.assertTrue(result['ids'], result['messages'])
        self._assert_held(self.Ticket.browse(result['ids']))

    def test_cancelled_first(self):
        ticket = self.ticket.with_user(self.user_a)
        ticket.stage_id = self.stage_cancelled
        ticket.stage_id = self.stage_done
        self.assertEqual(self.ticket.stage_id, self.stage_cancelled)
        self.assertEqual(self.ticket.review_state, 'pending')

    def test_team_and_stage_at_once(self):
        self.ticket.with_user(self.user_a).write(
            {'team_id': self.free_team.id, 'stage_id': self.stage_done.id}
        )
        self._assert_held()
        self.assertEqual(self.ticket.review_user_ids, self.rita | self.ron)

    def test_team_first(self):
        self.ticket.with_user(self.user_a).team_id = self.free_team
        self.assertEqual(self.ticket.review_team_id, self.team)
        self._ask()
        self._assert_held()
        self.ticket.with_user(self.user_a).action_withdraw_review()
        self.ticket.with_user(self.user_a).team_id = False
        self._ask()
        self._assert_held()

    def test_team_released_by_a_reviewer_or_manager(self):
        second = self._create_ticket(user_id=self.user_a.id)
        self.team.review_user_ids = self.user_b
        for ticket, user in ((self.ticket, self.mona), (second, self.user_b)):
            ticket.with_user(user).team_id = self.free_team
            self._ask(ticket)
            self.assertTrue(ticket.closed)

    def test_team_not_released_by_a_reviewer_whose_work_it_is(self):
        self.team.review_user_ids = self.user_a | self.rita
        self.ticket.with_user(self.user_a).team_id = self.free_team
        self._ask()
        self._assert_held()

    def test_team_whose_first_stage_is_closed(self):
        (self.stage_new | self.stage_progress | self.stage_waiting).team_ids = self.team
        self.stage_done.write({'sequence': -1})
        open_stage = self.env['helpdesk.ticket.stage'].create(
            {'name': "Open", 'sequence': 90, 'team_ids': [Command.set(self.free_team.ids)]}
        )
        self.ticket.with_user(self.user_a).team_id = self.free_team
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.stage_id, open_stage)

    def test_duplicate(self):
        other = self._create_ticket()
        self.env['helpdesk.ticket.duplicate.wizard'].with_user(self.user_a).create(
            {
                'ticket_id': self.ticket.id,
                'duplicate_of_id': other.id,
                'target_stage_id': self.stage_done.id,
            }
        ).action_confirm()
        self.assertEqual(self.ticket.duplicate_id, other)
        self._assert_held()

    def test_commands_of_other_records(self):
        other = self._create_ticket(user_id=self.user_a.id)
        other.duplicate_id = self.ticket
        self.ticket.with_user(self.user_a).write(
            {'duplicate_ids': [Command.update(other.id, {'stage_id': self.stage_done.id})]}
        )
        self._assert_held(other)

    def test_sudo_on_behalf_of_an_agent(self):
        self.ticket.with_user(self.user_a).sudo().stage_id = self.stage_done
        self._assert_held()
        self.assertEqual(self.ticket.review_asked_by_id, self.user_a)

    def test_scheduled_action(self):
        self.ticket.with_user(self.env.ref('base.user_root')).action_resolve()
        self._assert_held()
        self._decide(self.rita)
        self.assertTrue(self.ticket.closed)

    def test_pass_holds_for_one_ticket(self):
        other = self._create_ticket(user_id=self.user_a.id)
        passing = self.ticket._with_review_pass()
        other.with_env(passing.env).stage_id = self.stage_done
        self._assert_held(other)

    def test_who_may_not_write_may_not_ask(self):
        colleague = self._create_user('colleague', 'base.group_user')
        self.ticket.message_subscribe(colleague.partner_id.ids)
        self.assertTrue(self.ticket.with_user(colleague).name)
        for vals in ({'stage_id': self.stage_done.id}, {'team_id': self.free_team.id}):
            with self.assertRaises(AccessError):
                self.ticket.with_user(colleague).write(vals)
        with self.assertRaises(AccessError):
            self.ticket.with_user(colleague).action_withdraw_review()
        self.assertEqual(self.ticket.review_state, 'none')

    def test_mail_of_the_alias(self):
        ticket = self.Ticket.message_new(
            {
                'subject': "Mail",
                'body': "<p>Hello</p>",
                'email_from': "Carla <carla@blue.example>",
                'to': '',
                'cc': '',
                'message_id': '<1@blue.example>',
            },
            {'team_id': self.team.id, 'stage_id': self.stage_done.id},
        )
        self._assert_held(ticket)
