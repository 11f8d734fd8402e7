from odoo.tests import Form, new_test_user, tagged

from .common import RegionCommon


@tagged('post_install', '-at_install')
class TestResPartner(RegionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_regions()
        cls.Partner = cls.env['res.partner']
        cls.partner = cls._create_partner(cls.shanghai)

    @classmethod
    def _create_partner(cls, state, **values):
        vals = {'name': "Customer", 'country_id': state.country_id.id, 'state_id': state.id}
        return cls.Partner.create(vals | values)

    def test_region_follows_the_address(self):
        self.assertEqual(self.partner.region_id, self.east)
        self.partner.state_id = self.guangdong
        self.assertEqual(self.partner.region_id, self.region_china)
        self.partner.write({'country_id': self.spain.id, 'state_id': False})
        self.assertEqual(self.partner.region_id, self.region_spain)
        self.partner.country_id = self.env.ref('base.us')
        self.assertFalse(self.partner.region_id)

    def test_region_in_the_form(self):
        clerk = new_test_user(
            self.env,
            'region_clerk',
            'aftercare_base.aftercare_base_group_user,base.group_partner_manager',
        )
        with Form(self.Partner.with_user(clerk)) as form:
            form.name = "New"
            form.country_id = self.china
            self.assertEqual(form.region_id, self.region_china)
            form.state_id = self.jiangsu
            self.assertEqual(form.region_id, self.east)

    def test_region_chosen_by_hand_is_kept(self):
        self.partner.region_id = self.region_spain
        self.partner.street = "Calle Mayor 1"
        self.assertEqual(self.partner.region_id, self.region_spain)
        chosen = self._create_partner(self.shanghai, region_id=self.asia.id)
        self.assertEqual(chosen.region_id, self.asia)

    def test_contact_person_is_served_like_the_company(self):
        person = self.Partner.create({'name': "Person", 'parent_id': self.partner.id})
        branch = self._create_partner(self.guangdong, parent_id=self.partner.id, type='other')
        self.assertEqual(person.region_id, self.east)
        self.assertEqual(branch.region_id, self.region_china)
        self.partner.region_id = self.region_spain
        self.assertEqual(person.region_id, self.region_spain)
        self.assertEqual(branch.region_id, self.region_china)

    def test_vague_address_does_not_take_away_what_is_known_better(self):
        visitor = self.Partner.create({'name': "Visitor", 'region_id': self.east.id})
        visitor.country_id = self.china
        self.assertEqual(visitor.region_id, self.east)
        visitor.state_id = self.guangdong
        self.assertEqual(visitor.region_id, self.region_china)
        visitor.write({'country_id': False, 'state_id': False})
        self.assertEqual(visitor.region_id, self.region_china)

    def test_employee_without_service_rights_may_enter_addresses(self):
        employee = new_test_user(
            self.env, 'region_contacts', 'base.group_user,base.group_partner_manager'
        )
        partner = self.Partner.with_user(employee).create(
            {'name': "New", 'country_id': self.china.id, 'state_id': self.shanghai.id}
        )
        self.assertEqual(partner.sudo().region_id, self.east)
        partner.state_id = self.guangdong
        self.assertEqual(partner.sudo().region_id, self.region_china)

    def test_many_partners_cost_no_query_more(self):
        def create(number):
            self.Partner.create(
                [
                    {
                        'name': f"Customer {index}",
                        'country_id': self.china.id,
                        'state_id': (self.shanghai, self.guangdong)[index % 2].id,
                    }
                    for index in range(number)
                ]
            )
            self.env.flush_all()

        create(2)
        start = self.cr.sql_log_count
        create(5)
        small = self.cr.sql_log_count - start
        start = self.cr.sql_log_count
        create(50)
        self.assertLessEqual(self.cr.sql_log_count - start, small)

    def test_customers_move_with_the_states_of_a_region(self):
        south = self.Region.create(
            {
                'name': "South",
                'parent_id': self.region_china.id,
                'country_id': self.china.id,
                'state_ids': self.guangdong.ids,
            }
        )
        customer = self._create_partner(self.guangdong)
        self.assertEqual(customer.region_id, south)
        south.state_ids += self.jiangsu
        self.east.state_ids -= self.shanghai
        self.assertEqual(self.partner.region_id, self.region_china)
        self.east.state_ids += self.shanghai
        self.assertEqual(self.partner.region_id, self.east)

    def test_customers_join_a_new_region(self):
        american = self.Partner.create(
            {'name': "Customer", 'country_id': self.env.ref('base.us').id}
        )
        archived = self._create_partner(self.shanghai, active=False)
        self.assertFalse(american.region_id)
        america = self.Region.create({'name': "US", 'country_id': self.env.ref('base.us').id})
        city = self.Region.create(
            {'name': "City", 'parent_id': self.east.id, 'state_ids': self.shanghai.ids}
        )
        self.assertEqual(american.region_id, america)
        self.assertEqual(self.partner.region_id, city)
        self.assertEqual(archived.region_id, city)

    def test_customers_of_a_closed_region_go_up(self):
        self.east.active = False
        self.assertEqual(self.partner.region_id, self.region_china)
        self.east.active = True
        self.assertEqual(self.partner.region_id, self.east)
        by_hand = self.Partner.create({'name': "Customer", 'region_id': self.east.id})
        self.east.unlink()
        self.assertEqual(self.partner.region_id, self.region_china)
        self.assertFalse(by_hand.region_id)

    def test_customers_placed_by_hand_stay(self):
        self.partner.region_id = self.region_spain
        self.east.state_ids -= self.shanghai
        self.assertEqual(self.partner.region_id, self.region_spain)

    def test_hong_kong_customers_follow_in_both_writings(self):
        as_country = self.Partner.create(
            {'name': "Customer", 'country_id': self.env.ref('base.hk').id}
        )
        as_state = self._create_partner(self.env.ref('base.state_cn_HK'))
        self.assertEqual((as_country + as_state).mapped('region_id'), self.region_china)
        hong_kong = self.Region.create({'name': "HK", 'country_id': self.env.ref('base.hk').id})
        self.assertEqual((as_country.region_id, as_state.region_id), (hong_kong, hong_kong))

    def test_manager_without_contact_rights_changes_regions(self):
        self.east.with_user(self.manager).state_ids -= self.shanghai
        self.assertEqual(self.partner.region_id, self.region_china)
