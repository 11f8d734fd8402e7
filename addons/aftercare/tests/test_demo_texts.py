import json

from odoo.addons.aftercare_license.tools import hosts
from odoo.tests import TransactionCase, tagged

LANGUAGES = ('zh_CN', 'en_US', 'es_ES', 'fa_IR')


@tagged('post_install', '-at_install')
class TestDemoTexts(TransactionCase):
    """What the demo company is told from fits together; tests/journeys look at the outcome."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.demo = cls.env['aftercare.demo']
        cls.facts = json.loads(cls.demo._read('company.json'))

    def test_sixty_members_live_in_places_that_exist(self):
        members = self.demo._read_members(self.facts)
        self.assertEqual(len(members), 60)
        for member in members:
            self.assertTrue(member['values']['country_id'], member['values']['name'])
        emails = {member['values']['email'] for member in members}
        self.assertEqual(len(emails), 60)

    def test_customers_who_sign_in_are_members(self):
        names = {row['values']['name'] for row in self.demo._read_members(self.facts)}
        self.assertLessEqual(set(self.facts['customers']), names)

    def test_tickets_are_of_types_that_a_team_takes(self):
        taken = {key for team in self.facts['teams'] for key in team['types']}
        for language in LANGUAGES:
            rows = self.demo._read_rows(
                f'tickets_{language}.txt', ('type', 'priority', 'name', 'description')
            )
            self.assertTrue(rows)
            self.assertLessEqual({row['type'] for row in rows}, taken, language)
            self.assertLessEqual({row['priority'] for row in rows}, set('0123'), language)

    def test_every_language_has_answers(self):
        replies = json.loads(self.demo._read('replies.json'))
        self.assertLessEqual(set(LANGUAGES), set(replies))
        for language in LANGUAGES:
            self.assertLessEqual(
                {'ack', 'ask', 'answer', 'solve', 'rating'}, set(replies[language])
            )

    def test_texts_customers_read_are_translated(self):
        translations = json.loads(self.demo._read('translations.json'))
        for team in self.facts['teams']:
            for text in (team['name'], team['intro']):
                self.assertLessEqual({'zh_CN', 'es_ES', 'fa_IR'}, set(translations[text]))

    def test_domains_can_be_licensed_and_are_enough(self):
        facts = json.loads(self.demo._read('licenses.json'))
        for host in facts['hosts']:
            self.assertEqual(hosts.normalize(f'{host}.example.com').kind, 'domain')
        self.assertEqual(len(facts['hosts']), len(set(facts['hosts'])))
        self.assertGreaterEqual(len(facts['hosts']), sum(map(len, facts['expiries'].values())))

    def test_the_company_is_not_built_without_demo_data(self):
        self.assertFalse(self.env['ir.config_parameter'].get_param('aftercare.demo_logins'))
