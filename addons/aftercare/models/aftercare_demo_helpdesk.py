import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class AftercareDemo(models.AbstractModel):
    """Lets the teams of the demo company work together, and look after a customer's equipment."""

    _inherit = 'aftercare.demo'

    @api.model
    def _work_together(self, setup):
        """Switch on what the teams use, and leave something of each kind on their desks."""
        facts = json.loads(self._read('helpdesk.json'))
        demo = self.with_context(mail_notify_force_send=False)
        demo._wait_for_customers()
        demo._set_up_macros(setup, facts)
        demo._log_work(setup, facts)
        demo._hand_tickets_over(setup, facts)
        demo._look_after_equipment(setup, facts)
        for key, values in facts['teams'].items():
            setup['teams'][key].write(values)
        # Visitors of the website chat with the support.
        self.env['website'].search([]).channel_id = setup['teams']['support'].livechat_channel_id
        demo._set_up_quick_replies(setup, facts)
        demo._chat_with_visitors(setup)
        demo._set_up_fields(setup, facts)
        demo._ask_for_review(setup)

    # === SETTING UP === #
    @api.model
    def _set_up_macros(self, setup, facts):
        for row in facts['macros']:
            values = {name: value for name, value in row.items() if name != 'stage'}
            if row.get('stage') == 'waiting':
                values['stage_id'] = (
                    self.env['helpdesk.ticket.stage']
                    .search([('is_waiting', '=', True)], limit=1)
                    .id
                )
            self.env['helpdesk.macro'].create(values)
        for row in facts['templates']:
            values = {name: value for name, value in row.items() if name != 'team'}
            team = setup['teams'][row['team']]
            self.env['helpdesk.ticket.template'].create({**values, 'team_id': team.id})
        self._translate({'helpdesk.macro': 'name', 'helpdesk.ticket.template': 'name'})

    @api.model
    def _set_up_quick_replies(self, setup, facts):
        self.env['mail.canned.response'].create(
            [
                {
                    'source': source,
                    'substitution': substitution,
                    'helpdesk_team_ids': [Command.set(setup['teams']['support'].ids)],
                }
                for source, substitution in facts['quick_replies']
            ]
        )

    # === WORK === #
    @api.model
    def _wait_for_customers(self):
        """Whatever the dice say: some tickets wait for an answer of their customers."""
        tickets = self.env['helpdesk.ticket'].search(
            [('closed', '=', False), ('unattended', '=', False), ('user_id', '!=', False)],
            order='reply_state, id desc',  # first those in which the agent wrote last
            limit=3,
        )
        for ticket in tickets:
            ticket.stage_id = ticket.team_id._find_stage(lambda stage: stage.is_waiting)

    @api.model
    def _find_open_tickets(self, team):
        """Return the open tickets of a team that somebody has, the newest first."""
        return self.env['helpdesk.ticket'].search(
            [('team_id', '=', team.id), ('closed', '=', False), ('user_id', '!=', False)],
            order='id desc',
        )

    @api.model
    def _log_work(self, setup, facts):
        """Agents have kept time, and a record of a difficult case."""
        tickets = self._find_open_tickets(setup['teams']['support'])
        setup['teams']['support'].allow_timesheets = True
        # Only employees keep time.
        for user in tickets[:6].user_id.filtered(lambda user: not user.employee_id):
            user.action_create_employee()
        for number, ticket in enumerate(tickets[:6]):
            self.env['account.analytic.line'].with_user(ticket.user_id).create(
                {
                    'ticket_id': ticket.id,
                    'name': facts['work'][number % len(facts['work'])],
                    'unit_amount': 0.25 * (number % 5 + 1),
                    'date': fields.Date.today() - timedelta(days=number % 3),
                }
            )
        ticket = tickets[:1]
        self.env['helpdesk.ticket.record'].with_user(ticket.user_id).create(
            {'ticket_id': ticket.id, **facts['record']}
        )

    @api.model
    def _hand_tickets_over(self, setup, facts):
        """One ticket went to another team, for another a colleague was asked."""
        tickets = self._find_open_tickets(setup['teams']['support'])
        asking, moving, *_rest = tickets
        colleague = (setup['teams']['support'].user_ids - asking.user_id)[:1]
        self.env['helpdesk.ticket.assistance'].with_user(asking.user_id)._request(
            asking, colleague, facts['question']
        )
        moving.with_user(setup['supervisor'])._transfer(
            setup['teams']['onboarding'], self.env['res.users'], facts['transfer']
        )

    @api.model
    def _ask_for_review(self, setup):
        """Somebody has solved a ticket of a team that looks at it before it is closed."""
        ticket = self._find_open_tickets(setup['teams']['billing'])[:1]
        ticket.with_user(ticket.user_id).action_resolve()

    # === EQUIPMENT === #
    @api.model
    def _look_after_equipment(self, setup, facts):
        """A customer has bought terminals: one comes back, one is repaired."""
        support = setup['teams']['support']
        support.write({name: True for name in facts['teams']['support'] if name.startswith('can_')})
        terminal = self._create_terminal(facts['terminal'])
        partner = self.env['res.partner'].search(
            [('name', '=', facts['terminal']['customer']), ('is_member', '=', True)]
        )
        serials = self._deliver_terminals(partner, terminal, facts['terminal']['serials'])
        self.env['loyalty.program'].create(
            {
                'name': facts['coupons']['name'],
                'program_type': 'coupons',
                'applies_on': 'current',
                'trigger': 'with_code',
                'reward_ids': [
                    Command.create(
                        {'reward_type': 'discount', 'discount': facts['coupons']['discount']}
                    )
                ],
            }
        )
        tickets = {
            key: self._create_equipment_ticket(support, partner, terminal, lot, texts)
            for (key, texts), lot in zip(facts['tickets'].items(), serials, strict=True)
        }
        for key, model, values in (
            ('return', 'helpdesk.return', {'kind': 'exchange'}),
            ('return', 'helpdesk.coupon', {}),
            ('repair', 'helpdesk.repair', {'is_under_warranty': True}),
        ):
            ticket = tickets[key]
            wizard = self.env[model].with_user(ticket.user_id)
            wizard.create({'ticket_id': ticket.id, **values}).action_confirm()

    @api.model
    def _create_terminal(self, facts):
        return self.env['product.product'].create(
            {
                'name': facts['name'],
                'type': 'consu',
                'is_storable': True,
                'tracking': 'serial',
                'list_price': facts['price'],
                'taxes_id': [Command.clear()],
            }
        )

    @api.model
    def _deliver_terminals(self, partner, terminal, serials):
        """Sell and deliver the terminals.

        :return: their ``stock.lot``
        """
        warehouse = self.env['stock.warehouse'].search(
            [('company_id', '=', self.env.company.id)], limit=1
        )
        lots = self.env['stock.lot'].create(
            [{'name': serial, 'product_id': terminal.id} for serial in serials]
        )
        for lot in lots:
            self.env['stock.quant']._update_available_quantity(
                terminal, warehouse.lot_stock_id, 1, lot_id=lot
            )
        order = self._create_order(
            partner, {'product_id': terminal.id, 'product_uom_qty': len(lots)}
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking._action_done()
        invoice = order._create_invoices()
        invoice.action_post()
        return lots

    @api.model
    def _create_equipment_ticket(self, team, partner, terminal, lot, texts):
        title, description = texts
        return self.env['helpdesk.ticket'].create(
            {
                'team_id': team.id,
                'partner_id': partner.id,
                'name': title,
                'description': description,
                'product_id': terminal.id,
                'lot_id': lot.id,
                'user_id': (partner.agent_id.user_id & team.user_ids or team.user_ids)[:1].id,
            }
        )
