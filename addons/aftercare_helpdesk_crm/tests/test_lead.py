from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user


class HelpdeskLeadCommon(HelpdeskCommon):
    """A ticket whose team submits leads, and a salesman who sees no tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.can_submit_lead = True
        cls.outsider = cls._create_user('outsider', 'helpdesk_mgmt.group_helpdesk_user_own')
        cls.seller = cls._create_user('sam', 'sales_team.group_sale_salesman_all_leads')
        cls.customer.phone = '+86 10 1234 5678'
        cls.ticket = cls._create_ticket(
            name="No licence left", description="<p>We are ten more.</p>", user_id=cls.user_a.id
        )

    def _open(self, ticket=None, user=None):
        ticket = (ticket or self.ticket).with_user(user or self.user_a)
        action = ticket.action_submit_lead()
        return Form(
            self.env[action['res_model']]
            .with_user(user or self.user_a)
            .with_context(**action['context'])
        )

    def _submit(self, ticket=None, user=None, **values):
        """Submit a lead as the agent does, and return it."""
        form = self._open(ticket, user)
        form.name = values.pop('name', "Ten more licences")
        for name, value in values.items():
            form[name] = value
        form.save().action_submit()
        return self.env['crm.lead'].search([], order='id desc', limit=1)

    def _as_agent(self, user=None):
        ticket = self.ticket.with_user(user or self.user_a)
        ticket.invalidate_recordset()
        return ticket


class TestLead(HelpdeskLeadCommon):
    def test_the_lead_has_all_sales_needs(self):
        lead = self._submit(note="Call before noon <now>")
        self.assertEqual(lead.name, "Ten more licences")
        self.assertEqual(lead.ticket_id, self.ticket)
        self.assertEqual(lead.partner_id, self.customer)
        self.assertEqual(lead.contact_name, "Carla")
        self.assertEqual(lead.email_from, 'carla@blue.example')
        self.assertEqual(lead.phone, '+86 10 1234 5678')
        self.assertEqual(lead.source_id.name, "Helpdesk")
        self.assertEqual(lead.referred, self.user_a.name)
        self.assertIn("Call before noon &lt;now&gt;", lead.description)
        self.assertIn("We are ten more.", lead.description)
        self.assertFalse(lead.user_id)
        self.assertNotIn(self.user_a.partner_id, lead.message_partner_ids)

    def test_the_ticket_stays_open(self):
        self._submit()
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.user_id, self.user_a)

    def test_a_ticket_without_a_customer_gives_what_it_knows(self):
        ticket = self._create_ticket(
            partner_id=False, partner_name="Ann", partner_email='ann@new.example'
        )
        lead = self._submit(ticket)
        self.assertFalse(lead.partner_id)
        self.assertEqual(lead.contact_name, "Ann")
        self.assertEqual(lead.email_from, 'ann@new.example')

    def test_both_sides_have_a_note_with_a_link(self):
        lead = self._submit()
        note = self.ticket.message_ids[0]
        self.assertIn(f'data-oe-model="crm.lead" data-oe-id="{lead.id}"', note.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertIn(
            f'data-oe-model="helpdesk.ticket" data-oe-id="{self.ticket.id}"',
            ''.join(lead.message_ids.mapped('body')),
        )

    def test_a_salesperson_and_a_team_may_be_chosen(self):
        sales_team = self.env['crm.team'].create(
            {'name': "Licences", 'company_id': self.company.id, 'use_opportunities': True}
        )
        lead = self._submit(team_id=sales_team, user_id=self.seller)
        self.assertEqual(lead.user_id, self.seller)
        self.assertEqual(lead.team_id, sales_team)
        self.assertEqual(lead.type, 'opportunity')

    def test_the_leader_of_the_sales_team_gets_what_nobody_was_chosen_for(self):
        sales_team = self.env['crm.team'].create(
            {'name': "Licences", 'company_id': self.company.id, 'user_id': self.seller.id}
        )
        self.assertEqual(self._submit(team_id=sales_team).user_id, self.seller)

    def test_only_salespeople_may_be_chosen(self):
        wizard = (
            self.env['helpdesk.lead']
            .with_user(self.user_a)
            .create({'ticket_id': self.ticket.id, 'name': "Forged", 'user_id': self.user_b.id})
        )
        self.assertIn(self.seller, wizard.available_user_ids)
        with self.assertRaises(UserError):
            wizard.action_submit()

    def test_the_agent_sees_name_and_stage_and_nothing_more(self):
        lead = self._submit()
        ticket = self._as_agent()
        self.assertEqual(ticket.lead_count, 1)
        self.assertEqual(ticket.lead_state, lead.stage_id.name)
        self.assertIn("Ten more licences", ticket.lead_summary)
        self.assertIn(lead.stage_id.name, ticket.lead_summary)
        action = ticket.action_view_leads()
        self.assertEqual(action['tag'], 'display_notification')
        with self.assertRaises(AccessError):
            lead.with_user(self.user_a).read(['expected_revenue'])
        with self.assertRaises(AccessError):
            self.env['crm.lead'].with_user(self.user_a).create({'name': "Directly"})

    def test_the_end_of_the_lead_is_seen(self):
        lead = self._submit()
        lead.action_set_won()
        self.assertEqual(self._as_agent().lead_state, "Won")
        other = self._submit(name="Other")
        other.action_set_lost()
        self.assertEqual(self._as_agent().lead_state, "Lost")
        self.assertEqual(self._as_agent().lead_count, 2)

    def test_the_name_of_a_lead_is_text(self):
        self._submit(name="<b>Bold</b>")
        self.assertIn('&lt;b&gt;', self._as_agent().lead_summary)

    def test_a_second_lead_is_possible_with_a_warning(self):
        self.assertFalse(self._open().open_lead)
        lead = self._submit()
        form = self._open()
        self.assertIn("Ten more licences", form.open_lead)
        form.name = "Something else"
        form.save().action_submit()
        self.assertEqual(self._as_agent().lead_count, 2)
        lead.action_set_won()
        self.assertIn("Something else", self._open().open_lead)

    def test_salespeople_who_see_tickets_open_the_lead(self):
        both = self._create_user(
            'both', 'helpdesk_mgmt.group_helpdesk_user,sales_team.group_sale_salesman_all_leads'
        )
        lead = self._submit()
        action = self._as_agent(both).action_view_leads()
        self.assertEqual((action['res_model'], action['res_id']), ('crm.lead', lead.id))
        lead = lead.with_user(both)
        self.assertTrue(lead.is_ticket_open_to_user)
        self.assertEqual(lead.action_view_ticket()['res_id'], self.ticket.id)

    def test_a_salesman_without_tickets_reads_a_summary(self):
        lead = self._submit(user_id=self.seller).with_user(self.seller)
        lead.invalidate_recordset()
        self.assertFalse(lead.is_ticket_open_to_user)
        self.assertEqual(lead.ticket_number, self.ticket.number)
        self.assertEqual(lead.ticket_name, "No licence left")
        self.assertEqual(lead.ticket_stage, self.ticket.stage_id.name)
        self.assertIn("We are ten more.", lead.ticket_description)
        with self.assertRaises(AccessError):
            lead.ticket_id.read(['name'])

    def test_a_salesman_links_no_ticket_he_does_not_see(self):
        Lead = self.env['crm.lead'].with_user(self.seller)
        with self.assertRaises(AccessError):
            Lead.create({'name': "Peek", 'ticket_id': self.ticket.id})
        lead = Lead.create({'name': "Peek"})
        with self.assertRaises(AccessError):
            lead.write({'ticket_id': self.ticket.id})
        self._submit(user_id=self.seller)
        lead.write({'ticket_id': self.ticket.id})
        self.assertEqual(lead.ticket_name, "No licence left")

    def test_a_merged_lead_keeps_the_ticket(self):
        lead = self._submit(user_id=self.seller)
        other = self.env['crm.lead'].create(
            {'name': "Same", 'type': 'opportunity', 'user_id': self.seller.id, 'probability': 99}
        )
        merged = (lead | other).with_user(self.seller)._merge_opportunity(auto_unlink=False)
        self.assertEqual(merged.ticket_id, self.ticket)

    def test_a_team_may_not_submit_leads(self):
        self.team.can_submit_lead = False
        with self.assertRaises(UserError):
            self._open()

    def test_a_dialog_left_open_does_not_outlast_the_switch(self):
        form = self._open()
        form.name = "Late"
        wizard = form.save()
        self.team.can_submit_lead = False
        with self.assertRaises(UserError):
            wizard.action_submit()

    def test_who_may_not_write_to_the_ticket_submits_nothing(self):
        with self.assertRaises(AccessError):
            self._open(user=self.outsider)
        wizard = (
            self.env['helpdesk.lead']
            .with_user(self.outsider)
            .create({'ticket_id': self.ticket.id, 'name': "Forged"})
        )
        with self.assertRaises(AccessError):
            wizard.action_submit()

    def test_the_dialog_of_another_is_refused(self):
        form = self._open()
        form.name = "Mine"
        wizard = form.save()
        with self.assertRaises(AccessError):
            wizard.with_user(self.user_b).action_submit()

    def test_leads_of_many_tickets_take_one_query(self):
        tickets = self.ticket | self._create_ticket() | self._create_ticket()
        for ticket in tickets:
            self._submit(ticket)
        tickets = tickets.with_user(self.user_a)
        tickets.invalidate_recordset()
        tickets.mapped('lead_count')
        self.env['crm.lead'].sudo().search([]).mapped('stage_id.name')
        tickets.invalidate_recordset(['lead_count', 'lead_state', 'lead_summary'])
        with self.assertQueryCount(1):
            tickets.mapped('lead_count')


class TestLeadPortal(HelpdeskLeadCommon, HttpCase):
    def test_customers_submit_and_read_nothing(self):
        new_test_user(
            self.env,
            login='carla_portal',
            password='carla_portal',
            groups='base.group_portal',
            partner_id=self.customer.id,
        )
        lead = self._submit()
        self.authenticate('carla_portal', 'carla_portal')
        for model, method, args in (
            ('helpdesk.ticket', 'action_submit_lead', [self.ticket.ids]),
            ('helpdesk.ticket', 'action_view_leads', [self.ticket.ids]),
            ('helpdesk.ticket', 'read', [self.ticket.ids, ['lead_summary']]),
            ('helpdesk.lead', 'create', [{'ticket_id': self.ticket.id, 'name': "Forged"}]),
            ('crm.lead', 'read', [lead.ids, ['name']]),
            ('crm.lead', 'write', [lead.ids, {'name': "Forged"}]),
        ):
            with self.subTest(f'{model}.{method}'):
                answer = self.url_open(
                    f'/web/dataset/call_kw/{model}/{method}',
                    json={'params': {'model': model, 'method': method, 'args': args, 'kwargs': {}}},
                ).json()
                self.assertEqual(
                    answer['error']['data']['name'], 'odoo.exceptions.AccessError', answer
                )
