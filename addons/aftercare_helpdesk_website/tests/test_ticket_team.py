from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestTicketTeam(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Team = cls.env['helpdesk.ticket.team']
        cls.manager = new_test_user(
            cls.env, 'website_manager', groups='helpdesk_mgmt.group_helpdesk_manager'
        )
        cls.agent = new_test_user(
            cls.env, 'website_agent', groups='helpdesk_mgmt.group_helpdesk_user'
        )

    def test_address_comes_from_the_name_and_stays(self):
        teams = self.Team.create(
            [{'name': "Spare Parts & More"}, {'name': "spare parts more"}, {'name': "售后服务"}]
        )
        self.assertEqual(
            teams.mapped('website_slug'),
            ['spare-parts-more', 'spare-parts-more-2', '售后服务'],
        )
        teams[0].name = "Spares"
        self.assertEqual(teams[0].website_slug, 'spare-parts-more')
        self.assertEqual(teams[0].website_url, '/helpdesk/spare-parts-more')
        copy = teams[0].copy()
        self.assertNotEqual(copy.website_slug, teams[0].website_slug)
        self.assertFalse(copy.is_website_form)

    def test_address_of_another_team_is_refused(self):
        self.Team.create({'name': "One", 'website_slug': 'same-address'})
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self.Team.create({'name': "Two", 'website_slug': 'same-address'})

    def test_address_with_odd_characters_is_refused(self):
        team = self.Team.create({'name': "Odd"})
        for slug in ('Two Words', 'a/b', 'UPPER', '../x'):
            with self.assertRaises(ValidationError):
                team.website_slug = slug
        team.website_slug = 'two-words'

    def test_manager_publishes_and_agent_does_not(self):
        team = self.Team.create({'name': "Publish"})
        with self.assertRaises(AccessError):
            team.with_user(self.agent).is_website_form = True
        team.with_user(self.manager).is_website_form = True
        self.assertTrue(team.is_published)
        team.with_user(self.manager).website_publish_button()
        self.assertFalse(team.is_website_form)

    def test_form_needs_tickets_the_customer_can_see(self):
        team = self.Team.create({'name': "Internal", 'visibility': 'internal'})
        with self.assertRaises(ValidationError):
            team.is_website_form = True
        team.write({'visibility': 'portal', 'is_website_form': True})
        with self.assertRaises(ValidationError):
            team.visibility = 'invited'

    def test_dangerous_file_types_cannot_be_allowed(self):
        team = self.Team.create({'name': "Types"})
        with self.assertRaises(ValidationError):
            team.website_file_types = 'pdf, exe'
        team.website_file_types = '.PDF; log'
        self.assertEqual(team._get_website_file_types(), ['pdf', 'log'])

    def test_file_limits_stay_in_range(self):
        team = self.Team.create({'name': "Limits"})
        for values in ({'website_max_files': 21}, {'website_max_file_size': 0}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger('odoo.sql_db'),
                self.cr.savepoint(),
            ):
                team.write(values)
                team.flush_recordset()

    def test_form_token_is_for_one_team_and_cannot_be_made_up(self):
        team, other = self.Team.create([{'name': "A"}, {'name': "B"}])
        token = team._make_website_form_token(issued=1000.0)
        key, issued = team._read_website_form_token(token)
        self.assertTrue(key)
        self.assertEqual(issued, 1000.0)
        self.assertEqual(other._read_website_form_token(token), (None, None))
        for wrong in (None, '', 'x', 'äöü', token[:-4] + 'AAAA', 'A' * 5000):
            self.assertEqual(team._read_website_form_token(wrong), (None, None), wrong)

    def test_offered_types_and_categories(self):
        types = self.env['helpdesk.ticket.type'].create(
            [{'name': "Shown"}, {'name': "Kept back", 'show_in_portal': False}]
        )
        team = self.Team.create({'name': "Offers", 'type_ids': types.ids})
        self.assertEqual(team._get_website_types(), types[0])
        team.website_ask_type = 'no'
        self.assertFalse(team._get_website_types())

    def test_excerpt_is_short_plain_text(self):
        team = self.Team.create(
            {'name': "Text", 'website_description': f"<p><b>Hello</b> {'word ' * 100}</p>"}
        )
        excerpt = team._get_website_excerpt()
        self.assertLess(len(excerpt), 170)
        self.assertNotIn('<', excerpt)
