from odoo.tests import TransactionCase, new_test_user, tagged


@tagged('post_install', '-at_install')
class TestAftercareBase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = new_test_user(cls.env, 'base_staff', 'aftercare_base.aftercare_base_group_user')
        cls.manager = new_test_user(
            cls.env, 'base_manager', 'aftercare_base.aftercare_base_group_manager'
        )
        cls.employee = new_test_user(cls.env, 'base_employee', 'base.group_user')

    def _visible_menus(self, user):
        return self.env['ir.ui.menu'].with_user(user)._visible_menu_ids()

    def test_manager_is_staff(self):
        self.assertTrue(self.manager.has_group('aftercare_base.aftercare_base_group_user'))
        self.assertFalse(self.staff.has_group('aftercare_base.aftercare_base_group_manager'))

    def test_configuration_is_for_managers(self):
        configuration = self.env.ref('aftercare_base.aftercare_base_menu_configuration').id
        self.assertNotIn(configuration, self._visible_menus(self.staff))

    def test_menu_is_hidden_from_other_employees(self):
        root = self.env.ref('aftercare_base.aftercare_base_menu_root').id
        self.assertNotIn(root, self._visible_menus(self.employee))

    def test_settings_page_is_loaded(self):
        arch = self.env['res.config.settings'].get_view(view_type='form')['arch']
        self.assertIn('name="aftercare_base"', arch)
