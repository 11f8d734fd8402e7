import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import SHANGHAI_IP, MemberCommon


@tagged('post_install', '-at_install')
class TestRights(MemberCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls._create_member(name="Mine", region_id=cls.region_east.id)
        cls.theirs = cls._create_member(
            name="Theirs",
            region_id=cls.region_iran.id,
            registration_ip=SHANGHAI_IP,
            email='theirs@example.com',
        )
        cls.portal = new_test_user(cls.env, 'member_stranger', 'base.group_portal')

    def _call(self, method, *args, **kwargs):
        """Call the members over the web client's RPC; return the result or the error's name."""
        with mute_logger('odoo.http'):
            response = self.url_open(
                f'/web/dataset/call_kw/res.partner/{method}',
                data=json.dumps(
                    {
                        'params': {
                            'model': 'res.partner',
                            'method': method,
                            'args': args,
                            'kwargs': kwargs,
                        }
                    }
                ),
                headers={'Content-Type': 'application/json'},
            ).json()
        return response['error']['data']['name'] if 'error' in response else response['result']

    def test_agent_reads_and_writes_own_members_from_outside(self):
        self.authenticate('member_east', 'member_east')
        self.assertEqual(self._call('read', [self.mine.id], ['name'])[0]['name'], "Mine")
        self.assertIs(self._call('write', [self.mine.id], {'city': "Pudong"}), True)
        self.assertEqual(self.mine.city, "Pudong")

    def test_agent_does_not_reach_members_of_others_from_outside(self):
        self.authenticate('member_east', 'member_east')
        refused = 'odoo.exceptions.AccessError'
        self.assertEqual(self._call('read', [self.theirs.id], ['name']), refused)
        self.assertEqual(self._call('write', [self.theirs.id], {'city': "X"}), refused)
        self.assertEqual(self._call('action_make_member', [self.theirs.id]), refused)
        self.assertEqual(self._call('action_end_membership', [self.theirs.id]), refused)
        self.assertEqual(self._call('action_explain_agent', [self.theirs.id]), refused)
        found = self._call('search', [['is_member', '=', True]])
        self.assertIn(self.mine.id, found)
        self.assertNotIn(self.theirs.id, found)
        found = self._call('name_search', 'Theirs')
        self.assertFalse(found)
        page = self.url_open(f'/web/image/res.partner/{self.theirs.id}/avatar_128')
        self.assertFalse(self.theirs.image_128 and page.content == self.theirs.image_128)

    @users('member_east')
    def test_agent_makes_own_members(self):
        member = self.env['res.partner'].create({'name': "New", 'is_member': True})
        self.assertEqual(member.agent_id, self.agent_east)
        self.assertTrue(member.member_number)

    @users('member_east')
    def test_agent_does_not_change_numbers(self):
        with self.assertRaises(UserError):
            self.mine.with_env(self.env).member_number = 'X'

    @users('member_stranger')
    def test_customers_do_not_see_addresses_of_others(self):
        member = self.theirs.with_env(self.env)
        with self.assertRaises(AccessError):
            member.registration_ip  # noqa: B018
        with self.assertRaises(AccessError):
            member.name  # noqa: B018
        own = self.env.user.partner_id
        with self.assertRaises(AccessError):
            own.with_user(self.env.user).read(['registration_ip'])
        with self.assertRaises(AccessError):
            own.with_user(self.env.user).is_member = True

    @users('member_stranger')
    def test_customers_do_not_import(self):
        for model in ('member.import', 'member.import.line', 'member.external.ref'):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].search([])

    @users('member_east')
    def test_importing_is_a_right_of_its_own(self):
        with self.assertRaises(AccessError):
            self.env['member.import'].search([])

    def test_files_of_imports_are_for_importers(self):
        record = self.env['member.import'].create({'file': b'bmFtZQ=='})
        for login, status in (('member_east', (403, 404)), ('member_manager', (200,))):
            self.authenticate(login, login)
            with mute_logger('odoo.http'):
                for url in ('template', f'{record.id}/report'):
                    response = self.url_open(f'/aftercare_member/import/{url}')
                    self.assertIn(response.status_code, status)
        self.assertEqual(
            self.url_open('/aftercare_member/import/999999999/report').status_code, 404
        )

    def test_menus(self):
        def visible(user, xmlid):
            menu = self.env.ref(f'aftercare_member.{xmlid}').id
            return menu in self.env['ir.ui.menu'].with_user(user)._visible_menu_ids()

        agent = self.agent_east.user_id
        self.assertTrue(visible(agent, 'res_partner_menu_member'))
        self.assertFalse(visible(agent, 'member_import_menu'))
        self.assertTrue(visible(self.manager, 'member_import_menu'))
        employee = new_test_user(self.env, 'member_employee', 'base.group_user')
        self.assertFalse(visible(employee, 'aftercare_member_menu'))
