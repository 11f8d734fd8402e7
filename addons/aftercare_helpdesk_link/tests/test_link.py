from psycopg2 import IntegrityError

from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestLink(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Link = cls.env['helpdesk.ticket.link']
        cls.team.assignment_method = 'manual'
        cls.whole, cls.first, cls.second = (
            cls._create_ticket(name=name, user_id=cls.user_a.id)
            for name in ("Whole", "First", "Second")
        )
        cls.hidden_team = cls._create_team("Hidden", cls.user_b, visibility='invited')
        cls.hidden = cls._create_ticket(team_id=cls.hidden_team.id, user_id=cls.user_b.id)

    def _link(self, ticket, kind, other, user=None):
        return self.Link.with_user(user or self.user_a).create(
            {'ticket_id': ticket.id, 'kind': kind, 'other_id': other.id}
        )

    def _kinds(self, ticket):
        return {(link.kind, link.other_id) for link in ticket.link_ids}

    def test_links_are_seen_from_both_ends(self):
        for kind, inverse in (
            ('relates', 'relates'),
            ('parent', 'child'),
            ('blocked_by', 'blocks'),
            ('caused_by', 'causes'),
        ):
            link = self._link(self.first, kind, self.whole)
            self.assertEqual(self._kinds(self.first), {(kind, self.whole)})
            self.assertEqual(self._kinds(self.whole), {(inverse, self.first)})
            link.unlink()
            self.assertFalse(self.first.link_ids | self.whole.link_ids)

    def test_links_in_the_form(self):
        # The commands the client sends; the simulated form takes the list for another one.
        ticket = self.first.with_user(self.user_a)
        ticket.web_save(
            {'link_ids': [Command.create({'kind': 'parent', 'other_id': self.whole.id})]}, {}
        )
        self.assertEqual(self._kinds(self.whole), {('child', self.first)})
        link = ticket.link_ids
        ticket.web_save({'link_ids': [Command.update(link.id, {'kind': 'caused_by'})]}, {})
        self.assertEqual(self._kinds(self.whole), {('causes', self.first)})
        whole = self.whole.with_user(self.user_a)
        whole.web_save({'link_ids': [Command.delete(whole.link_ids.id)]}, {})
        self.assertFalse(self.first.link_ids)

    def test_state_of_the_other_is_shown(self):
        link = self._link(self.first, 'relates', self.whole)
        self.whole.stage_id = self.stage_done
        self.assertEqual(link.other_stage_id, self.stage_done)
        self.assertTrue(link.other_closed)

    @mute_logger('odoo.sql_db')
    def test_impossible_links(self):
        self._link(self.first, 'parent', self.whole)
        for ticket, kind, other in (
            (self.first, 'parent', self.whole),
            (self.first, 'relates', self.first),
            (self.first, 'parent', self.second),
        ):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self._link(ticket, kind, other)

    def test_no_circles(self):
        self._link(self.first, 'parent', self.whole)
        self._link(self.second, 'parent', self.first)
        with self.assertRaises(ValidationError):
            self._link(self.whole, 'parent', self.second)
        with self.assertRaises(ValidationError):
            self._link(self.second, 'child', self.whole)
        self._link(self.first, 'blocks', self.second)
        with self.assertRaises(ValidationError):
            self._link(self.first, 'blocked_by', self.second)
        self._link(self.whole, 'relates', self.second)

    def test_ticket_one_does_not_see(self):
        with self.assertRaises(AccessError):
            self._link(self.first, 'relates', self.hidden)
        link = self._link(self.hidden, 'relates', self.first, self.user_b)
        self.assertFalse(self.first.with_user(self.user_a).link_ids)
        self.env.invalidate_all()
        self.assertTrue(self.first.with_user(self.user_b).link_ids)
        with self.assertRaises(AccessError):
            link.with_user(self.user_a).unlink()
        with self.assertRaises(AccessError):
            link.with_user(self.user_a).read(['kind'])

    def test_who_may_not_write_may_not_link(self):
        reader = self._create_user('reader', 'base.group_user')
        for ticket in (self.first, self.second):
            ticket.message_subscribe(reader.partner_id.ids)
        self.assertTrue(self.first.with_user(reader).name)
        with self.assertRaises(AccessError):
            self._link(self.first, 'relates', self.second, reader)
        link = self._link(self.first, 'relates', self.second)
        for change in ({'kind': 'causes'}, {'other_id': self.whole.id}):
            with self.assertRaises(AccessError):
                link.with_user(reader).write(change)
        with self.assertRaises(AccessError):
            link.with_user(reader).unlink()

    def test_link_is_not_moved_to_another_ticket(self):
        link = self._link(self.first, 'relates', self.whole)
        with self.assertRaises(UserError):
            link.ticket_id = self.second

    def test_new_part_from_the_button(self):
        action = self.whole.with_user(self.user_a).action_new_part()
        Ticket = self.Ticket.with_user(self.user_a).with_context(**action['context'])
        part = Ticket.create({'name': "A part", 'description': "<p>!</p>"})
        self.assertEqual(self._kinds(self.whole), {('child', part)})
        self.assertEqual(part.partner_id, self.customer)
        parts = self.Ticket.search(self.whole.action_view_parts()['domain'])
        self.assertEqual(parts, part)

    def test_counts_and_warning(self):
        self._link(self.first, 'parent', self.whole)
        self._link(self.second, 'parent', self.whole)
        self._link(self.second, 'blocks', self.whole)
        self.assertEqual((self.whole.open_child_count, self.whole.child_count), (2, 2))
        self.assertEqual(self.whole.open_blocker_count, 1)
        self.first.action_resolve()
        self.assertEqual((self.whole.open_child_count, self.whole.child_count), (1, 2))
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env['bus.bus'].sudo().search([]).unlink()
        self.whole.with_user(self.user_a).action_resolve()
        self.env.cr.precommit.run()
        sent = self.env['bus.bus'].sudo().search([]).mapped('message')
        self.assertTrue([text for text in sent if 'Parts are still open' in text])
        self.assertTrue(self.whole.closed, "It warns, it does not forbid.")

    def test_last_part_is_noted_on_the_whole(self):
        self._link(self.first, 'parent', self.whole)
        self._link(self.second, 'parent', self.whole)
        self.first.action_resolve()
        self.assertNotIn("All parts", self.whole.message_ids[:1].body)
        self.second.action_resolve()
        self.assertIn("All parts", self.whole.message_ids[:1].body)

    def test_counting_does_not_depend_on_the_number_of_tickets(self):
        tickets = self.Ticket.create([self._prepare_ticket()] * 10)
        self.Link.create(
            [
                {'ticket_id': ticket.id, 'kind': 'parent', 'other_id': self.whole.id}
                for ticket in tickets
            ]
        )
        everything = tickets | self.whole
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            everything.mapped('child_count')

    def test_commands_of_the_whole_cannot_reach_foreign_links(self):
        link = self._link(self.hidden, 'relates', self.second, self.user_b)
        with self.assertRaises(AccessError):
            self.first.with_user(self.user_a).write(
                {'link_ids': [Command.update(link.id, {'kind': 'causes'})]}
            )
