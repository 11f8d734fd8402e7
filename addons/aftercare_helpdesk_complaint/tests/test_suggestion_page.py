from odoo.addons.aftercare_helpdesk_website.tests.common import HelpdeskWebsiteCase
from odoo.tests import tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestSuggestionPage(HelpdeskWebsiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Those of the database at hand stay out of it.
        cls.env['helpdesk.ticket'].search(
            [('suggestion_is_public', '=', True)]
        ).suggestion_is_public = False
        cls.type = cls.env['helpdesk.ticket.type'].create(
            {'name': "Web Suggestion", 'kind': 'suggestion'}
        )
        cls.public = cls._create_suggestion("Dark theme", suggestion_public_text="Easy on eyes")
        cls.popular = cls._create_suggestion("More colours")
        cls.draft = cls._create_suggestion("Draft title", suggestion_is_public=False)
        cls.popular._vote(cls.stranger)

    @classmethod
    def _create_suggestion(cls, title, **values):
        return cls._create_ticket(
            **{
                'name': f"PRIVATE {title}",
                'description': "<p>PRIVATE words of Ada</p>",
                'type_id': cls.type.id,
                'suggestion_is_public': True,
                'suggestion_public_title': title,
                **values,
            }
        )

    def _get_titles(self, url='/suggestions'):
        page = self._get_page(url)
        return [" ".join(node.text_content().split()) for node in page.xpath('//article//h2')]

    def _vote(self, suggestion=None, vote="1", allow_redirects=True, **data):
        suggestion = suggestion or self.public
        url = f'/suggestions/{suggestion.id}'
        response = self._post_page_form(
            "/suggestions", f"{url}/vote", {"vote": vote, **data}, allow_redirects=allow_redirects
        )
        suggestion.invalidate_recordset()
        return response

    def test_visitors_see_what_is_published_and_nothing_else(self):
        self.assertEqual(self._get_titles(), ["More colours", "Dark theme"])
        for url in ('/suggestions', f'/suggestions/{self.public.id}'):
            text = self.url_open(url).text
            self.assertIn("Dark theme", text)
            for word in ("PRIVATE", "Ada", self.public.number, self.agent.name):
                self.assertNotIn(word, text)

    @mute_logger('odoo.http')
    def test_unpublished_and_other_tickets_are_not_found(self):
        ticket = self._create_ticket()
        removed = self._create_suggestion("Removed", active=False)
        foreign = self._create_suggestion("Foreign")
        company = self.env['res.company'].create({'name': "Other Ltd"})
        foreign.write({'team_id': False, 'company_id': company.id})
        self._login(self.stranger)
        for record in (ticket, self.draft, removed, foreign):
            self._get_page(f'/suggestions/{record.id}', 404)
            self.assertEqual(self._vote(record).status_code, 404)
            self.assertEqual(record.suggestion_vote_count, 0)
        self._get_page('/suggestions/99999999999', 404)
        self.public.suggestion_is_public = False
        self._get_page(f'/suggestions/{self.public.id}', 404)

    def test_order_filter_and_search(self):
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET suggestion_publish_date = '2099-01-01' WHERE id = %s",
            [self.public.id],
        )
        self.assertEqual(
            self._get_titles('/suggestions?sortby=newest'), ["Dark theme", "More colours"]
        )
        self.public.suggestion_state = 'planned'
        self.assertEqual(self._get_titles('/suggestions?state=planned'), ["Dark theme"])
        self.assertEqual(self._get_titles('/suggestions?search=eyes+THEME'), ["Dark theme"])
        # What is not public is not searched either
        self.assertEqual(self._get_titles('/suggestions?search=PRIVATE'), [])
        self.assertIn("Nothing was found", self.url_open('/suggestions?search=PRIVATE').text)
        self.assertEqual(len(self._get_titles('/suggestions?sortby=x&state=y&page=z')), 2)

    def test_empty_page_invites(self):
        (self.public | self.popular).suggestion_is_public = False
        self.assertIn("no suggestions yet", self.url_open('/suggestions').text)

    def test_form_of_a_team_takes_suggestions(self):
        page = self._get_page('/suggestions')
        [link] = page.xpath("//a[contains(@href, '?type=')]/@href")
        option = self._get_page(link).xpath("//select[@id='type']/option[@selected]")
        self.assertTrue(option)

    def test_customer_votes_and_takes_it_back(self):
        self._login(self.customer)
        for _index in range(2):
            self.assertEqual(self._vote().status_code, 200)
        self.assertEqual(self.public.suggestion_vote_count, 1)
        self.assertIn('Voted', self.url_open(f'/suggestions/{self.public.id}').text)
        self._vote(vote='0')
        self.assertEqual(self.public.suggestion_vote_count, 0)
        self.assertEqual(self.popular.suggestion_vote_count, 1, "The stranger's vote stays.")

    def test_colleagues_have_one_vote(self):
        company = self.env['res.partner'].create({'name': "Ada Ltd", 'is_company': True})
        (self.customer | self.stranger).partner_id.parent_id = company
        for user in (self.customer, self.stranger):
            self._login(user)
            self._vote()
        self.assertEqual(self.public.suggestion_vote_count, 1)

    @mute_logger('odoo.http')
    def test_visitors_sign_in_to_vote(self):
        response = self._vote(allow_redirects=False)
        self.assertIn('/web/login', response.headers.get('Location', response.url))
        self.assertEqual(self.public.suggestion_vote_count, 0)

    @mute_logger('odoo.http')
    def test_vote_needs_the_token_and_post(self):
        self._login(self.customer)
        url = f'/suggestions/{self.public.id}/vote'
        self.assertEqual(self.url_open(url, data={'vote': '1'}).status_code, 400)
        self.assertIn(self.url_open(url).status_code, (404, 405))
        self.public.invalidate_recordset()
        self.assertEqual(self.public.suggestion_vote_count, 0)

    def test_vote_leads_back_to_our_pages_only(self):
        self._login(self.customer)
        for back, is_followed in (
            ('/suggestions?state=all', True),
            ('/suggestions.evil.example', False),
            ('https://evil.example', False),
            ('//evil.example', False),
        ):
            url = self._vote(back=back).url
            self.assertEqual('state=all' in url, is_followed)
            self.assertNotIn('evil', url)

    def test_customer_sees_the_decision_on_the_page_of_the_ticket(self):
        self.public.write({'suggestion_state': 'planned', 'suggestion_answer': "In spring"})
        self._login(self.customer)
        text = self.url_open(f'/my/ticket/{self.public.id}').text
        self.assertIn("In spring", text)
        self.assertIn(f'/suggestions/{self.public.id}', text)
