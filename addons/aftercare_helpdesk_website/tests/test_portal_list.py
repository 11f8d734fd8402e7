from odoo.tests import tagged

from .common import HelpdeskWebsiteCase


@tagged('post_install', '-at_install')
class TestPortalList(HelpdeskWebsiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_team = cls.Team.create({'name': "Website Test Training"})
        cls.new = cls._create_ticket("Printer is silent")
        cls.waiting = cls._create_ticket("Scanner is loud", stage_id=cls.stage_waiting.id)
        cls.done = cls._create_ticket("Screen is dark", stage_id=cls.stage_done.id)
        cls.training = cls._create_ticket("Course for two", team_id=cls.second_team.id)
        cls.foreign = cls._create_ticket("Foreign printer", user=cls.stranger)

    def setUp(self):
        super().setUp()
        self._login(self.customer)

    def _list(self, **params):
        """Return the titles of the tickets on the page, and the page."""
        query = '&'.join(f'{name}={value}' for name, value in params.items())
        page = self._get_page(f'/my/tickets?{query}')
        titles = page.xpath("//div[contains(@class, 'o_ticket_row_title')]//text()")
        self.assertNotIn("Foreign", page.text_content())
        return titles, page

    def test_filters_and_counts_are_the_customers_own(self):
        titles, page = self._list()
        self.assertCountEqual(titles, ["Printer is silent", "Scanner is loud", "Course for two"])
        counts = page.xpath("//ul[contains(@class, 'o_ticket_filters')]//span/text()")
        self.assertEqual(counts, ['3', '1', '1', '4'])
        self.assertEqual(self._list(filterby='waiting')[0], ["Scanner is loud"])
        self.assertEqual(self._list(filterby='closed')[0], ["Screen is dark"])
        self.assertEqual(len(self._list(filterby='all')[0]), 4)
        titles, _page = self._list(filterby='all', team=self.second_team.id)
        self.assertEqual(titles, ["Course for two"])
        # Links of upstream name a stage
        titles, _page = self._list(filterby=self.stage_waiting.id)
        self.assertEqual(titles, ["Scanner is loud"])
        result = self.make_jsonrpc_request('/my/counters', {'counters': ['ticket_count']})
        self.assertEqual(result['ticket_count'], 4)

    def test_answered_ticket_waits_for_the_customer(self):
        self.new.with_user(self.agent).message_post(
            body="Try again", message_type='comment', subtype_xmlid='mail.mt_comment'
        )
        titles, page = self._list(filterby='waiting')
        self.assertCountEqual(titles, ["Printer is silent", "Scanner is loud"])
        self.assertIn("We answered", page.text_content())

    def test_search_filters_really(self):
        self.waiting.description = "<p>Deafening</p>"
        number = self.new.number
        for params, titles in (
            ({'search': 'printer'}, ["Printer is silent"]),
            ({'search': 'printer', 'filterby': 'all'}, ["Printer is silent"]),
            ({'search': 'silent+printer'}, ["Printer is silent"]),
            ({'search': 'printer+dark', 'filterby': 'all'}, []),
            ({'search': 'nothing+like+it'}, []),
            ({'search': number}, ["Printer is silent"]),
            ({'search': number, 'search_in': 'name'}, []),
            ({'search': 'deafening', 'search_in': 'description'}, ["Scanner is loud"]),
        ):
            self.assertEqual(self._list(**params)[0], titles, params)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = '2026-01-10 23:30:00' WHERE id = %s",
            [self.new.id],
        )
        self.env.invalidate_all()
        titles, _page = self._list(date_begin='2026-01-10', date_end='2026-01-10')
        self.assertEqual(titles, ["Printer is silent"])
        self.assertEqual(self._list(date_begin='2026-01-01', date_end='2026-01-09')[0], [])

    def test_groups_sorting_and_nonsense(self):
        # The portal form of upstream does not offer the team; its tickets still say its name
        self.team.show_in_portal = False
        titles, page = self._list(groupby='team')
        self.assertCountEqual(titles, ["Printer is silent", "Scanner is loud", "Course for two"])
        groups = [" ".join(text.split()) for text in page.xpath("//main//h2/text()")]
        groups = [group for group in groups if group]
        self.assertCountEqual(groups, [self.team.display_name, self.second_team.display_name])
        _titles, page = self._list(groupby='category')
        self.assertIn("None", page.xpath("string(//main//h2)"))
        titles, _page = self._list(sortby='name', filterby='all')
        self.assertEqual(titles, sorted(titles))
        for params in (
            {'sortby': 'x'},
            {'groupby': 'x'},
            {'filterby': 'x'},
            {'filterby': '99999999'},
            {'filterby': '9' * 30},
            {'search_in': 'x', 'search': '%25_"\\'},
            {'team': 'x'},
            {'team': self.hidden_team.id},
            {'date_begin': 'x', 'date_end': '2026-99-99'},
        ):
            self._list(**params)

    def test_pages_and_queries(self):
        def count_queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._list()
            return self.env.cr.sql_log_count - before

        self._list()
        few = count_queries()
        for number in range(25):
            self._create_ticket(f"Bulk {number}", user_id=self.agent.id)
        self.assertLessEqual(count_queries(), few + 8)
        titles, page = self._list()
        self.assertEqual(len(titles), 20)
        self.assertIn('/my/tickets/page/2', page.xpath("string(//a[text()='2']/@href)"))
        page = self._get_page('/my/tickets/page/2?search=bulk')
        self.assertEqual(len(page.xpath("//div[contains(@class, 'o_ticket_row_title')]")), 5)

    def test_ways_to_the_form(self):
        page = self._get_page('/my')
        self.assertTrue(page.xpath("//a[@href='/helpdesk']//span[text()='New ticket']"))
        self.assertTrue(page.xpath("//a[@href='/my/tickets']"))
        response = self.url_open('/new/ticket', allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers['Location'].endswith('/helpdesk'))
        menus = self.env['website.menu'].search([('url', '=', '/helpdesk')])
        self.assertTrue(menus.filtered('website_id'))
