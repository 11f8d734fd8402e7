from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import OTHER_USCC, USCC, InvoiceRequestCommon


@tagged('post_install', '-at_install')
class TestInvoiceTitle(InvoiceRequestCommon):
    def test_a_member_has_one_default_title(self):
        first = self._create_title()
        self.assertTrue(first.is_default, "The first one.")
        second = self._create_title(name="Lan Beijing", tax_no=OTHER_USCC)
        self.assertFalse(second.is_default)
        second.is_default = True
        self.assertFalse(first.is_default)
        third = self._create_title(name="Third", is_default=True)
        self.assertEqual((first | second | third).filtered('is_default'), third)
        third.action_archive()
        self.assertFalse(third.is_default)
        foreign = self._create_title(self.other_member)
        self.assertTrue(foreign.is_default)

    def test_titles_made_at_once(self):
        titles = self.Title.create(
            [
                {'partner_id': self.member.id, 'name': name, 'title_type': 'person'}
                for name in ("One", "Two", "Three")
            ]
        )
        self.assertEqual(titles.filtered('is_default').name, "One")

    def test_the_same_title_twice_is_refused(self):
        title = self._create_title()
        with self.assertRefused("already"):
            self._create_title()
        title.action_archive()
        self.assertTrue(self._create_title())

    def test_blanks_are_taken_away(self):
        title = self._create_title(name="  Lan Ltd ", tax_no=' 9111 0000 6000 3734 1l ')
        self.assertEqual((title.name, title.tax_no), ("Lan Ltd", USCC))
        with self.assertRaises(ValidationError), mute_logger('odoo.sql_db'):
            self._create_title(name="   ")

    def test_chinese_companies_need_a_right_number(self):
        self._set_country('cn')
        for number in (False, '9111000060003734', '91110000600037341M', 'X' * 18, '123'):
            for title_type in ('company', 'institution'):
                with self.subTest(number=number, title_type=title_type):
                    if not number and title_type == 'institution':
                        continue
                    with self.assertRaises(ValidationError):
                        self._create_title(tax_no=number, title_type=title_type)
        self.assertFalse(self._create_title().warning)

    def test_chinese_institutions_may_have_no_number(self):
        self._set_country('cn')
        title = self._create_title(title_type='institution', tax_no=False)
        self.assertFalse(title.warning)

    def test_old_numbers_are_a_warning(self):
        self._set_country('cn')
        title = self._create_title(tax_no='110108717861234')
        self.assertIn("old form", title.warning)

    def test_sole_proprietors_may_use_their_own_number(self):
        self._set_country('cn')
        title = self._create_title(tax_no='360426199101010071')
        self.assertIn("identity number", title.warning)

    def test_persons_are_warned_not_refused(self):
        self._set_country('cn')
        for index, (number, is_warned) in enumerate(
            ((False, False), ('360426199101010071', False), (USCC, False), ('12345', True))
        ):
            title = self._create_title(title_type='person', name=f"Li Wei {index}", tax_no=number)
            self.assertEqual(bool(title.warning), is_warned, number)

    def test_elsewhere_numbers_are_only_warned_about(self):
        spain = self.env.ref('base.es').id
        right = self._create_title(tax_no='ESA13585625', country_id=spain)
        self.assertFalse(right.warning)
        wrong = self._create_title(tax_no='A13585626', country_id=spain)
        self.assertIn("Spain", wrong.warning)
        self.assertFalse(self._create_title(name="No number", tax_no=False).warning)
        unknown = self._create_title(name="Far", tax_no='77', country_id=self.env.ref('base.aq').id)
        self.assertFalse(unknown.warning)

    def test_the_form_follows_the_country(self):
        with Form(self.Title.with_user(self.staff)) as form:
            form.partner_id = self.member
            form.name = "Lan Ltd"
            self.assertTrue(form._get_modifier('bank_name', 'invisible'))
            self.assertFalse(form._get_modifier('country_id', 'invisible'))
        self._set_country('cn')
        with Form(self.Title.with_user(self.staff)) as form:
            form.partner_id = self.member
            form.name = "Lan China"
            form.tax_no = USCC
            self.assertFalse(form._get_modifier('bank_name', 'invisible'))
            self.assertTrue(form._get_modifier('country_id', 'invisible'))
