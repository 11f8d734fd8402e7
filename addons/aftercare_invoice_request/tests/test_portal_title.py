import json

from odoo.tests import tagged

from ..controllers import portal_title
from .common import OTHER_USCC, USCC
from .test_portal import InvoicePortalCommon


@tagged('post_install', '-at_install')
class TestPortalTitle(InvoicePortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.title = cls._create_title()
        cls.foreign = cls._create_title(cls.other_member, name="Other Ltd", tax_no=OTHER_USCC)

    def _check(self, **params):
        response = self.url_open(
            '/my/invoice-requests/titles/check',
            data=json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': params}),
            headers={'Content-Type': 'application/json'},
        )
        return response.json()['result']

    def test_list_shows_own_titles_only(self):
        page = self._open('/titles').text
        self.assertIn("Lan Ltd", page)
        self.assertIn(USCC, page)
        self.assertNotIn("Other Ltd", page)
        self.assertNotIn(OTHER_USCC, page)

    def test_empty_list(self):
        self.title.unlink()
        self.assertIn("You have none yet", self._open('/titles').text)

    def test_make_change_remove(self):
        response = self._post(
            '/titles/new',
            title_type='company',
            title_name="Lan Beijing",
            title_tax_no=OTHER_USCC.lower(),
            title_email='beijing@lan.example.com',
        )
        self.assertIn('done=saved', response.url)
        title = self.Title.search([('name', '=', "Lan Beijing")])
        self.assertEqual((title.partner_id, title.tax_no), (self.member, OTHER_USCC))
        self.assertEqual(title.email, 'beijing@lan.example.com')
        self.assertIn("Lan Beijing", self._open(f'/titles/{title.id}').text)
        self._post(
            f'/titles/{title.id}',
            title_type='company',
            title_name="Lan Shanghai",
            title_tax_no=USCC,
        )
        title.invalidate_recordset()
        self.assertEqual((title.name, title.tax_no), ("Lan Shanghai", USCC))
        self._post(f'/titles/{title.id}/default')
        (title | self.title).invalidate_recordset()
        self.assertTrue(title.is_default)
        self.assertFalse(self.title.is_default)
        self._post(f'/titles/{title.id}/delete')
        title.invalidate_recordset()
        self.assertFalse(title.active)
        self.assertNotIn("Lan Shanghai", self._open('/titles').text)

    def test_what_is_wrong_is_said(self):
        response = self._post('/titles/new', title_type='company', title_name=" ", title_tax_no='7')
        self.assertIn("in whose name", response.text)
        response = self._post(
            '/titles/new', title_type='company', title_name="Lan Ltd", title_tax_no=USCC
        )
        self.assertIn("already", response.text)
        self._set_country('cn')
        response = self._post('/titles/new', title_name="Keep me", title_type='company')
        self.assertIn("needs its tax number", response.text)
        self.assertIn("Keep me", response.text)
        self._post('/titles/new', title_name="Nonsense", title_type='x', title_tax_no=USCC)
        self.assertEqual(self.Title.search([('name', '=', "Nonsense")]).title_type, 'company')

    def test_too_many(self):
        self.patch(portal_title, 'MAX_TITLES', 1)
        response = self._post('/titles/new', title_name="One more", title_type='person')
        self.assertIn("Please remove one", response.text)

    def test_nothing_of_another_member(self):
        missing = self.foreign.id + 100_000
        answers = set()
        for title_id in (self.foreign.id, missing):
            answers.add(self._open(f'/titles/{title_id}').status_code)
            for path in ('', '/default', '/delete'):
                response = self._post(
                    f'/titles/{title_id}{path}', title_name="Stolen", title_type='company'
                )
                answers.add(response.status_code)
        self.assertEqual(answers, {404})
        self.foreign.invalidate_recordset()
        self.assertEqual((self.foreign.name, self.foreign.active), ("Other Ltd", True))

    def test_numbers_are_checked_while_they_are_typed(self):
        self._set_country('cn')
        self.assertEqual(self._check(tax_no=USCC), {'error': False, 'warning': False})
        self.assertIn("typing error", self._check(tax_no=USCC[:-1] + 'M')['error'])
        self.assertIn(
            "typing error", self._check(tax_no=USCC[:-1] + 'M', title_type='person')['warning']
        )
        self.assertFalse(self._check(tax_no='')['error'])
        for bad in (5, None, ['x'], {'a': 1}, 'x' * 10_000):
            self.assertIn('error', self._check(tax_no=bad))
        self.assertFalse(self._check(tax_no=USCC, title_type='x')['error'])
        self._set_country('es')
        spain = self.env.ref('base.es').id
        self.assertIn("Spain", self._check(tax_no='A13585626', country_id=spain)['warning'])
