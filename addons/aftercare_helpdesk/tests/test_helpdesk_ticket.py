from freezegun import freeze_time

from odoo.tests import Form, tagged, users

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestHelpdeskTicket(HelpdeskCommon):
    def _count_create(self, count, **values):
        self.env.invalidate_all()
        vals_list = [self._prepare_ticket(**values) for _number in range(count)]
        before = self.env.cr.sql_log_count
        self.Ticket.create(vals_list)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_batch_costs_hardly_more_queries_than_one_ticket(self):
        self._count_create(1)  # caches
        one, hundred = self._count_create(1), self._count_create(100)
        self.assertLessEqual(hundred - one, 25)

    def test_batch_without_rule_costs_hardly_more_queries_than_one_ticket(self):
        self.team.assignment_method = 'manual'
        self._count_create(1)
        one, hundred = self._count_create(1), self._count_create(100)
        self.assertLessEqual(hundred - one, 25)

    def test_create_keeps_the_values_of_the_caller(self):
        vals = self._prepare_ticket()
        before = dict(vals)
        self.Ticket.create([vals])
        self.assertEqual(vals, before)

    def test_write_keeps_the_values_of_the_caller(self):
        ticket = self._create_ticket()
        vals = {'stage_id': self.stage_done.id, 'user_id': self.user_b.id}
        ticket.write(vals)
        self.assertEqual(vals, {'stage_id': self.stage_done.id, 'user_id': self.user_b.id})

    def test_copy_keeps_the_default_of_the_caller_and_takes_many(self):
        tickets = self._create_ticket() + self._create_ticket()
        default = {'name': "Again"}
        copies = tickets.copy(default)
        self.assertEqual(default, {'name': "Again"})
        self.assertEqual(copies.mapped('name'), ["Again", "Again"])
        self.assertEqual(len(set((tickets + copies).mapped('number'))), 4)

    def test_numbers_are_unique_in_a_batch(self):
        tickets = self.Ticket.create([self._prepare_ticket() for _number in range(5)])
        self.assertEqual(len(set(tickets.mapped('number'))), 5)
        self.assertTrue(all(number.startswith('HT') for number in tickets.mapped('number')))

    def test_number_of_a_sequence_without_gaps(self):
        sequence = self.env['ir.sequence'].search([('code', '=', 'helpdesk.ticket.sequence')])
        sequence.implementation = 'no_gap'
        first, second = self.Ticket.create([self._prepare_ticket(), self._prepare_ticket()])
        self.assertEqual(int(second.number[2:]), int(first.number[2:]) + 1)

    def test_given_number_is_kept(self):
        self.assertEqual(self._create_ticket(number='X-1').number, 'X-1')

    def test_display_name_follows_the_number(self):
        ticket = self._create_ticket(name="Printer", number='X-1')
        self.assertEqual(ticket.display_name, 'X-1 - Printer')
        ticket.number = 'X-2'
        self.assertEqual(ticket.display_name, 'X-2 - Printer')

    def test_title_of_ten_thousand_characters_is_cut(self):
        ticket = self._create_ticket(name="x" * 10000)
        self.assertEqual(len(ticket.name), 255)
        ticket.name = "y" * 10000
        self.assertEqual(len(ticket.name), 255)

    def test_script_in_the_description_is_removed(self):
        ticket = self._create_ticket(description='<p>Hi</p><script>alert(1)</script>')
        self.assertNotIn('script', ticket.description)

    def test_priorities_have_words(self):
        labels = dict(self.Ticket._fields['priority']._description_selection(self.env))
        self.assertEqual(list(labels), ['0', '1', '2', '3'])
        self.assertEqual(list(labels.values()), ["Normal", "Important", "Urgent", "Immediate"])
        self.assertEqual(self._create_ticket().priority, '0')

    def test_contact_data_come_from_the_customer(self):
        ticket = self._create_ticket()
        self.assertEqual(ticket.partner_name, "Carla")
        self.assertEqual(ticket.partner_email, 'carla@blue.example')

    def test_stage_flags_decide_what_closed_means(self):
        own_stage = self.env['helpdesk.ticket.stage'].create(
            {'name': "Withdrawn", 'closed': True, 'is_cancelled': True, 'sequence': 90}
        )
        ticket = self._create_ticket()
        self.assertFalse(ticket.closed)
        ticket.stage_id = own_stage
        self.assertTrue(ticket.closed)
        self.assertTrue(ticket.is_cancelled)

    def test_closed_is_stored_and_follows_the_stage(self):
        ticket = self._create_ticket(stage_id=self.stage_progress.id)
        self.assertNotIn(ticket, self.Ticket.search([('closed', '=', True)]))
        self.stage_progress.closed = True
        self.assertIn(ticket, self.Ticket.search([('closed', '=', True)]))

    def test_closing_and_reopening_set_the_dates(self):
        ticket = self._create_ticket()
        with freeze_time('2026-03-02 10:00:00'):
            ticket.stage_id = self.stage_done
        self.assertEqual(str(ticket.closed_date), '2026-03-02 10:00:00')
        with freeze_time('2026-03-03 10:00:00'):
            ticket.stage_id = self.stage_done
        self.assertEqual(str(ticket.closed_date), '2026-03-02 10:00:00', "nothing has changed")
        ticket.action_reopen()
        self.assertFalse(ticket.closed_date)
        self.assertEqual(ticket.stage_id, self.stage_progress)

    def test_given_closing_date_is_kept(self):
        ticket = self._create_ticket()
        ticket.write({'stage_id': self.stage_done.id, 'closed_date': '2026-01-02 03:04:05'})
        self.assertEqual(str(ticket.closed_date), '2026-01-02 03:04:05')

    def test_ticket_born_closed_has_a_closing_date_and_waits_for_nobody(self):
        ticket = self._create_ticket(stage_id=self.stage_done.id)
        self.assertTrue(ticket.closed_date)
        self.assertFalse(ticket.reply_state)
        self.assertFalse(ticket.user_id, "no rule gives away work that is done")

    def test_batch_stage_change(self):
        tickets = self.Ticket.create([self._prepare_ticket() for _number in range(3)])
        tickets[0].stage_id = self.stage_done
        first_date = tickets[0].closed_date
        tickets.write({'stage_id': self.stage_done.id, 'priority': '2'})
        self.assertEqual(tickets.stage_id, self.stage_done)
        self.assertEqual(set(tickets.mapped('priority')), {'2'})
        self.assertEqual(tickets[0].closed_date, first_date)
        self.assertTrue(all(tickets.mapped('closed_date')))

    def test_team_change_may_close_a_ticket(self):
        only_done = self.env['helpdesk.ticket.stage'].create(
            {'name': "Archive", 'closed': True, 'sequence': -5}
        )
        archive = self._create_team("Archive", self.user_a, assignment_method='manual')
        only_done.team_ids = archive
        own_stage = self.env['helpdesk.ticket.stage'].create(
            {'name': "Care only", 'team_ids': [(6, 0, self.team.ids)], 'sequence': 0}
        )
        ticket = self._create_ticket(stage_id=own_stage.id)
        ticket.team_id = archive
        self.assertEqual(ticket.stage_id, only_done)
        self.assertTrue(ticket.closed_date)

    @users('helpdesk_ada')
    def test_buttons_as_agent(self):
        ticket = self._create_ticket().with_env(self.env)
        ticket.action_resolve()
        self.assertEqual(ticket.stage_id, self.stage_done)
        self.assertFalse(ticket.is_cancelled)
        ticket.action_reopen()
        self.assertEqual(ticket.stage_id, self.stage_progress)
        composer = ticket.action_reply()['context']
        self.assertEqual(composer['default_partner_ids'], self.customer.ids)

    @users('helpdesk_ada')
    def test_form_of_a_new_ticket(self):
        form = Form(self.env['helpdesk.ticket'])
        self.assertEqual(form.team_id, self.team, "the team of the author")
        self.assertFalse(form.user_id, "the rule of the team decides")
        form.name = "By telephone"
        form.description = "<p>Hello</p>"
        form.partner_id = self.customer
        ticket = form.save()
        self.assertTrue(ticket.user_id)
        self.assertTrue(ticket.has_assignment)

    @users('helpdesk_ada')
    def test_form_proposes_the_author_where_nobody_is_chosen_by_rule(self):
        self.team.sudo().assignment_method = 'manual'
        form = Form(self.env['helpdesk.ticket'])
        self.assertEqual(form.user_id, self.user_a)

    def test_form_wants_a_type_if_the_team_does(self):
        self.team.is_type_required = True
        form = Form(self.Ticket)
        form.team_id = self.team
        form.name = "Typed"
        form.description = "<p>Hello</p>"
        with self.assertRaises(AssertionError):
            form.save()
        form.type_id = self.env['helpdesk.ticket.type'].create({'name': "Question"})
        self.assertEqual(form.team_id, self.team, "a team without types takes them all")
        self.assertTrue(form.save())

    def test_type_of_another_team_empties_the_team(self):
        own, foreign = self.env['helpdesk.ticket.type'].create([{'name': "A"}, {'name': "B"}])
        self.team.type_ids = own
        with Form(self._create_ticket()) as form:
            self.assertIn(own.id, form.available_type_ids.ids)
            self.assertNotIn(foreign.id, form.available_type_ids.ids)
            form.type_id = own
            self.assertEqual(form.team_id, self.team)

    def test_other_open_tickets_of_the_customer(self):
        first = self._create_ticket()
        second = self._create_ticket(partner_id=self.colleague.id)
        self._create_ticket(partner_id=self.stranger.id)
        self.assertEqual(first.partner_open_count, 1)
        second.stage_id = self.stage_done
        self.env.invalidate_all()
        self.assertEqual(first.partner_open_count, 0)
        self.assertEqual(second.partner_open_count, 1)

    @users('helpdesk_ada')
    def test_customer_card(self):
        tickets = [self._create_ticket() for _number in range(7)]
        self.customer_company.sudo().country_id = self.env.ref('base.cn')
        self.customer.sudo().agent_id = self.agent_b
        card = self.env['helpdesk.ticket'].get_customer_card(self.customer.id, tickets[0].id)
        self.assertEqual(card['name'], "Carla")
        self.assertEqual(card['company'], "Blue Ltd")
        self.assertEqual(card['agent']['name'], self.agent_b.name)
        self.assertEqual(len(card['tickets']), 5)
        self.assertEqual(card['open_count'], 6)
        self.assertNotIn(tickets[0].id, [ticket['id'] for ticket in card['tickets']])

    def test_ticket_counts_of_partners_are_counted_at_once(self):
        self._create_ticket()
        self._create_ticket(partner_id=self.colleague.id).stage_id = self.stage_done
        self._create_ticket(partner_id=self.stranger.id)
        self.env.flush_all()
        self.env.invalidate_all()
        partners = self.customer_company + self.customer + self.stranger
        # two for the generations of contacts, one for the contacts, one for all tickets
        with self.assertQueryCount(4):
            partners.mapped('helpdesk_ticket_count')
        self.assertEqual(partners.mapped('helpdesk_ticket_count'), [2, 1, 1])
        self.assertEqual(partners.mapped('helpdesk_ticket_active_count'), [1, 1, 1])
        self.assertEqual(self.customer_company.helpdesk_ticket_count_string, '1 / 2')

    def test_indexes_exist(self):
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'helpdesk_ticket'")
        definitions = [row[0] for row in self.env.cr.fetchall()]
        for column in (
            'partner_id',
            'commercial_partner_id',
            'company_id',
            'category_id',
            'type_id',
            'duplicate_id',
        ):
            self.assertTrue(any(f'({column})' in definition for definition in definitions), column)
        self.assertTrue(any('priority DESC, sequence, id DESC' in d for d in definitions))
        if self.registry.has_trigram:
            for column in ('name', 'number'):
                self.assertTrue(
                    any('gin_trgm_ops' in d and column in d for d in definitions), column
                )

    def test_search_by_number_or_title(self):
        ticket = self._create_ticket(name="申请退款", number='X-4711')
        other = self._create_ticket(name="Printer 打印机 offline")
        for text, found in (
            ('退款', ticket),
            ('申请退', ticket),
            ('款', ticket),
            ('4711', ticket),
            ('打印', other),
            ('PRINTER', other),
            ('退打', self.Ticket),
        ):
            domain = [('search_text', 'ilike', text), ('id', 'in', (ticket + other).ids)]
            self.assertEqual(self.Ticket.search(domain), found, text)
        self.assertEqual(ticket.search_text, ticket.display_name)

    def test_words_of_two_characters_have_an_index(self):
        self.env.flush_all()
        select = self.Ticket._search([('search_text', 'ilike', '退款')], order='id').select()
        self.env.cr.execute('SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off')
        self.env.cr.execute('EXPLAIN ' + select.code, select.params)
        plan = '\n'.join(row[0] for row in self.env.cr.fetchall())
        self.assertIn('helpdesk_ticket_pairs_idx', plan)

    def test_columns_come_in_the_order_of_the_stages(self):
        last, first, middle = stages = self.stage_new + self.stage_progress + self.stage_waiting
        last.sequence, first.sequence, middle.sequence = 90, 70, 80
        ordered = [first, middle, last]
        tickets = self.Ticket.union(*(self._create_ticket(stage_id=stage.id) for stage in stages))
        domain = [('id', 'in', tickets.ids)]

        def read(**kwargs):
            rows = self.Ticket.formatted_read_group(domain, ['stage_id'], ['__count'], **kwargs)
            self.assertEqual({row['__count'] for row in rows}, {1})
            return [self.env['helpdesk.ticket.stage'].browse(row['stage_id'][0]) for row in rows]

        self.assertEqual(read(), ordered)
        self.assertEqual(read(offset=1, limit=1), [middle])
        self.assertEqual(read(order='stage_id desc'), ordered[::-1])
        self.env.flush_all()
        with self.assertQueriesContain(['FROM "helpdesk_ticket" WHERE']):
            self.Ticket._read_group(domain, ['stage_id'], ['__count'], order='stage_id')

    def test_counts_by_stage_and_turn_have_an_index(self):
        self.env.flush_all()
        # what is left is an index in the order of the groups
        for way in ('seqscan', 'bitmapscan', 'hashagg', 'sort', 'incremental_sort'):
            self.env.cr.execute(f'SET LOCAL enable_{way} = off')
        self.env.cr.execute(
            'EXPLAIN SELECT stage_id, reply_state, count(*) FROM helpdesk_ticket'
            ' WHERE active IS TRUE AND closed IS NOT TRUE GROUP BY stage_id, reply_state'
        )
        plan = '\n'.join(row[0] for row in self.env.cr.fetchall())
        self.assertIn('_open_turn_idx', plan)

    def test_list_order_has_an_index(self):
        self.env.flush_all()
        query = self.Ticket._search([('closed', '=', False)], limit=80, order=self.Ticket._order)
        self.env.cr.execute('SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off')
        self.env.cr.execute('EXPLAIN ' + query.select().code, query.select().params)
        plan = '\n'.join(row[0] for row in self.env.cr.fetchall())
        self.assertIn('_open_list_idx', plan)
        self.assertNotIn('Sort', plan)

    def test_newest_open_tickets_have_an_index(self):
        # which of the two a planner takes depends on how many tickets are closed
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'helpdesk_ticket_open_new_idx'"
        )
        [(definition,)] = self.env.cr.fetchall()
        self.assertIn('btree (id) WHERE (closed IS NOT TRUE)', definition)
