from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged


@tagged('post_install', '-at_install')
class TestMacro(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_method = 'manual'
        cls.manager = cls._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')
        cls.Macro = cls.env['helpdesk.macro']
        cls.tag_old, cls.tag_new = cls.env['helpdesk.ticket.tag'].create(
            [{'name': name} for name in ("Old", "New")]
        )
        cls.type = cls.env['helpdesk.ticket.type'].create({'name': "Question"})
        cls.ticket = cls._create_ticket(tag_ids=[(6, 0, cls.tag_old.ids)])
        cls.macro = cls.Macro.create(
            {
                'name': "Ask for the log",
                'reply_body': "<p>Dear {{ customer }}, about {{ number }}: send the log. {{ me }}</p>",
                'note_body': "<p>Asked by {{me}}</p>",
                'stage_id': cls.stage_waiting.id,
                'type_id': cls.type.id,
                'priority': '2',
                'tag_add_ids': [(6, 0, cls.tag_new.ids)],
                'tag_remove_ids': [(6, 0, cls.tag_old.ids)],
                'assignment': 'me',
            }
        )

    def _apply(self, macro=None, tickets=None, user=None):
        tickets = (tickets or self.ticket).with_user(user or self.user_a)
        return tickets.action_apply_macro((macro or self.macro).id)

    def _get_said(self, ticket, subtype='mail.mt_comment'):
        return ticket.message_ids.filtered(
            lambda m: m.message_type == 'comment' and m.subtype_id == self.env.ref(subtype)
        )

    # --- applying ---

    def test_one_click_does_it_all(self):
        self.assertIs(self._apply(), True)
        reply = self._get_said(self.ticket)
        self.assertIn(f"Dear Carla, about {self.ticket.number}: send the log. Ada", reply.body)
        self.assertEqual(reply.author_id, self.user_a.partner_id)
        self.assertIn(self.customer, reply.notified_partner_ids)
        self.assertIn("Asked by Ada", self._get_said(self.ticket, 'mail.mt_note').body)
        self.assertEqual(self.ticket.stage_id, self.stage_waiting)
        self.assertEqual(self.ticket.type_id, self.type)
        self.assertEqual(self.ticket.priority, '2')
        self.assertEqual(self.ticket.tag_ids, self.tag_new)
        self.assertEqual(self.ticket.user_id, self.user_a)
        self.assertEqual(self.ticket.reply_state, 'customer')
        self.assertEqual(self.macro.use_count, 1)

    def test_many_tickets_each_with_his_own_reply(self):
        other = self._create_ticket(partner_id=self.stranger.id)
        action = (self.ticket | other).with_user(self.user_a).action_preview_macro()
        wizard = Form(
            self.env[action['res_model']].with_user(self.user_a).with_context(**action['context'])
        )
        wizard.macro_id = self.macro
        wizard.save().action_apply()
        self.assertIn("Dear Carla", self._get_said(self.ticket).body)
        self.assertIn("Dear Stranger", self._get_said(other).body)
        self.assertEqual(self.macro.use_count, 2)

    def test_all_or_nothing(self):
        nobody = self._create_ticket(partner_id=False)
        with self.assertRaises(UserError), self.cr.savepoint():
            self._apply(tickets=self.ticket | nobody)
        self.env.invalidate_all()
        self.assertFalse(self._get_said(self.ticket))
        self.assertEqual(self.ticket.priority, '0')
        self.assertEqual(self.macro.use_count, 0)

    def test_customer_without_contact_gets_a_mail(self):
        ticket = self._create_ticket(
            partner_id=False, partner_name="Nina", partner_email='nina@new.example'
        )
        self._apply(tickets=ticket)
        self.assertIn("Dear Nina", self._get_said(ticket).body)

    def test_preview_sends_what_the_agent_has_left(self):
        self.macro.is_previewed = True
        action = self._apply()
        self.assertFalse(self._get_said(self.ticket))
        wizard = Form(
            self.env[action['res_model']].with_user(self.user_a).with_context(**action['context'])
        )
        self.assertIn("Dear Carla", wizard.reply_body)
        wizard.reply_body = "<p>Hello {{ number }}</p>"
        wizard.note_body = False
        wizard.save().action_apply()
        self.assertIn(
            "Hello {{ number }}", self._get_said(self.ticket).body, "Nothing is filled in twice."
        )
        self.assertFalse(self._get_said(self.ticket, 'mail.mt_note'))
        self.assertEqual(self.ticket.stage_id, self.stage_waiting)

    def test_giving_to_others(self):
        self.macro.write({'assignment': 'agent', 'agent_user_id': self.user_b.id})
        self._apply()
        self.assertEqual(self.ticket.user_id, self.user_b)
        self.macro.assignment = 'nobody'
        self._apply()
        self.assertFalse(self.ticket.user_id)
        self.macro.write({'assignment': 'agent', 'agent_user_id': self.leader.id})
        with self.assertRaises(UserError):
            self._apply()

    def test_stage_the_team_does_not_have(self):
        other_team = self._create_team("Other", self.user_a)
        stage = self.env['helpdesk.ticket.stage'].create(
            {'name': "Theirs", 'team_ids': [(6, 0, other_team.ids)]}
        )
        self.macro.stage_id = stage
        with self.assertRaises(UserError):
            self._apply()
        self.macro.write({'team_id': other_team.id, 'assignment': False})
        self._apply()
        self.assertEqual((self.ticket.team_id, self.ticket.stage_id), (other_team, stage))

    # --- texts ---

    def test_customer_cannot_write_html_into_the_reply(self):
        self.customer.name = '<a href="https://evil.example">Carla</a>'
        self._apply()
        self.assertNotIn('<a href="https://evil.example">', self._get_said(self.ticket).body)

    def test_default_for_what_is_not_known(self):
        self.macro.reply_body = "<p>{{ category ||| your request }}, {{ type }}!</p>"
        self._apply()
        self.assertIn("your request, Question!", self._get_said(self.ticket).body)

    def test_texts_in_the_customers_language(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.customer.lang = 'fr_FR'
        self.macro.with_context(lang='fr_FR').reply_body = "<p>Bonjour {{ customer }}</p>"
        self._apply()
        self.assertIn("Bonjour Carla", self._get_said(self.ticket).body)

    def test_expressions_are_refused(self):
        """Whoever writes it: an agent who is no template editor, or a manager who is one."""
        editors = self.env.ref('mail.group_mail_template_editor')
        self.env.ref('base.group_user').implied_ids -= editors
        self.assertFalse(self.user_a.has_group('mail.group_mail_template_editor'))
        self.manager.group_ids += editors
        for user in (self.user_a, self.manager):
            for expression in (
                'object.partner_id.name',
                'env.user',
                "object.sudo().env['res.users'].search([])",
                '1 + 1',
                'customer.__class__',
                '<b>customer</b>.env',
            ):
                for field_name in ('reply_body', 'note_body'):
                    with self.assertRaises(ValidationError):
                        self.Macro.with_user(user).create(
                            {'name': "Evil", field_name: f"<p>{{{{ {expression} }}}}</p>"}
                        )

    def test_qweb_is_text(self):
        own = self.Macro.with_user(self.user_a).create(
            {'name': "Evil", 'reply_body': '<p><t t-out="env.user.login"/>x<t t-out="1 + 1"/></p>'}
        )
        self._apply(own)
        body = self._get_said(self.ticket).body
        self.assertNotIn(self.user_a.login, body)
        self.assertNotIn('2', body)

    def test_translation_smuggled_in_is_not_evaluated(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.customer.lang = 'fr_FR'
        own = self.Macro.with_user(self.user_a).create({'name': "Own", 'reply_body': "<p>Hi</p>"})
        own.update_field_translations('reply_body', {'fr_FR': {"Hi": "{{ env.user.login }}"}})
        with self.assertRaises(ValidationError):
            self._apply(own)

    # --- who may ---

    def test_private_macro(self):
        own = self.Macro.with_user(self.user_a).create({'name': "Mine", 'priority': '1'})
        self.assertEqual(own.user_id, self.user_a)
        names = [m['name'] for m in self.ticket.with_user(self.user_a).get_macros()]
        self.assertIn("Mine", names)
        names = [m['name'] for m in self.ticket.with_user(self.user_b).get_macros()]
        self.assertNotIn("Mine", names)
        names = [m['name'] for m in self.ticket.with_user(self.manager).get_macros()]
        self.assertNotIn("Mine", names, "The manager may read it, but it is not his.")
        with self.assertRaises(AccessError):
            self._apply(own, user=self.user_b)

    def test_agent_shares_nothing_and_changes_nothing_shared(self):
        own = self.Macro.with_user(self.user_a).create({'name': "Mine"})
        for change in (
            lambda: own.write({'user_id': False}),
            lambda: own.write({'user_id': self.user_b.id}),
        ):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            self.Macro.with_user(self.user_a).create({'name': "All", 'user_id': False})
        with self.assertRaises(AccessError):
            self.macro.with_user(self.user_a).name = "Hacked"
        with self.assertRaises(AccessError):
            self.macro.with_user(self.user_a).unlink()
        own.with_user(self.manager).user_id = False
        self.assertIn("Mine", [m['name'] for m in self.ticket.with_user(self.user_b).get_macros()])

    def test_no_more_than_the_user_may_do(self):
        hidden_team = self._create_team("Hidden", self.user_b, visibility='invited')
        hidden = self._create_ticket(team_id=hidden_team.id, user_id=self.user_b.id)
        with self.assertRaises(AccessError):
            self._apply(tickets=hidden)
        outsider = self._create_user('outsider')
        with self.assertRaises(UserError):
            self._apply(user=outsider)  # he is not a member, so he cannot take the ticket
        colleague = self._create_user('colleague', 'base.group_user')
        self.ticket.message_subscribe(colleague.partner_id.ids)
        with self.assertRaises(AccessError):
            self._apply(user=colleague)

    def test_portal_user(self):
        portal = new_test_user(
            self.env,
            login='helpdesk_macro_portal',
            groups='base.group_portal',
            partner_id=self.customer.id,
        )
        with self.assertRaises(AccessError):
            self._apply(user=portal)
        with self.assertRaises(AccessError):
            self.ticket.with_user(portal).get_macros()
        with self.assertRaises(AccessError):
            self.macro.with_user(portal).read(['reply_body'])

    def test_teams(self):
        other_team = self._create_team("Other", self.user_a)
        self.macro.team_ids = other_team
        ticket = self.ticket.with_user(self.user_a)
        self.assertNotIn(self.macro.id, [m['id'] for m in ticket.get_macros()])
        with self.assertRaises(UserError):
            self._apply()
        self.macro.team_ids += self.team
        self.assertIn(self.macro.id, [m['id'] for m in ticket.get_macros()])
        self._apply()

    def test_archived_macro(self):
        self.macro.active = False
        with self.assertRaises(UserError):
            self._apply()

    # --- screens ---

    def test_what_one_uses_most_comes_first(self):
        other = self.Macro.create({'name': "Other", 'priority': '1', 'sequence': 99})
        self._apply(other)
        ids = [m['id'] for m in self.ticket.with_user(self.user_a).get_macros()]
        self.assertEqual(ids[0], other.id)
        ids = [m['id'] for m in self.ticket.with_user(self.user_b).get_macros()]
        self.assertNotEqual(ids[0], other.id)

    def test_summary(self):
        self.assertEqual(
            self.macro.summary,
            f"Reply · Note · Question · {self.stage_waiting.name} · Urgent · + New · − Old · Take",
        )

    def test_agent_writes_one_in_the_form(self):
        with Form(self.Macro.with_user(self.user_a)) as form:
            form.name = "Thanks"
            form.reply_body = "<p>Thank you, {{ customer }}</p>"
        self._apply(form.record)
        self.assertIn("Thank you, Carla", self._get_said(self.ticket).body)

    def test_list_of_macros_costs_few_queries(self):
        self.Macro.create([{'name': f"Macro {i}", 'priority': '1'} for i in range(20)])
        ticket = self.ticket.with_user(self.user_a)
        ticket.get_macros()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            ticket.get_macros()
