import io
import json
from datetime import timedelta

from odoo import Command, api, fields, models

# without the mails that carry a PDF
NO_MAIL = {'skip_sale_auto_invoice_send': True}


class AftercareDemo(models.AbstractModel):
    """Moves money: recharges, payments, commissions, withdrawals, requests for invoices."""

    _inherit = 'aftercare.demo'

    # === SETTING UP === #
    @api.model
    def _set_up_money(self, setup):
        """Switch on what a company that keeps wallets and pays commissions uses."""
        facts = setup['money'] = json.loads(self._read('money.json'))
        company = self.env.company
        company.write(
            {
                'account_fiscal_country_id': company.country_id.id,
                'wallet_topup_amounts': facts['amounts'],
                'member_bonus_active': True,
                'member_bonus_trigger': 'registration',
                'member_bonus_amount': facts['welcome']['money'],
                'member_bonus_points': facts['welcome']['points'],
                'wallet_payee_cooling_hours': 24,
            }
        )
        company._ensure_wallet_accounting()
        self.env['wallet.topup.tier'].create(facts['tiers'])
        self.env['ir.config_parameter'].set_param('sale.automatic_invoice', 'True')
        self._offer_providers(company)
        self._set_levels(facts)

    @api.model
    def _offer_providers(self, company):
        """Let customers pay from the wallet, and with the simulators of WeChat Pay and Alipay."""
        company._get_wallet_provider().write({'state': 'enabled', 'is_published': True})
        simulated = self.env['payment.provider'].search(
            [('code', 'in', ('wechatpay', 'alipay')), ('company_id', '=', company.id)]
        )
        simulated.write({'state': 'test', 'is_published': True})

    @api.model
    def _set_levels(self, facts):
        for row in facts['levels']:
            self.env.ref(f'partnership.res_partner_grade_data_{row["grade"]}').write(
                {
                    'is_automatic': True,
                    'min_spending': row['min_spending'],
                    'service_priority': row['priority'],
                    'benefits': row['benefits'],
                }
            )
        self._translate({'res.partner.grade': 'benefits'})

    # === PLAN === #
    @api.model
    def _plan_money(self, dice, setup, members, start, now):
        facts = setup['money']
        people = {member['values']['name']: member for member in members}
        for name, brought in facts['referrals'].items():
            for other in brought:
                people[other]['referrer'] = people[name]
        steps = []

        def plan(days, action, name, **values):
            # in the daytime, whatever the hour at which the demo is made
            at = now - timedelta(days=days, hours=dice.uniform(0, 6))
            at = max(at, people[name]['since'] + timedelta(hours=2))
            steps.append((at, action, {'member': people[name], 'setup': setup, **values}))

        for name, brought in facts['visits'].items():
            for week in range(12):
                plan(week * 7 + 1, '_visit_by_link', name, count=brought + week % 3)
        for number, (name, product, days) in enumerate(facts['purchases']):
            plan(days, '_buy_by_card', name, product=product, host=f'site-{number}.example.net')
        for name, amount, days in facts['recharges']:
            plan(days, '_recharge', name, amount=amount)
        for number, (name, product, days) in enumerate(facts['wallet_purchases']):
            plan(days, '_buy_from_wallet', name, product=product, host=f'w-{number}.example.net')
        for name in facts['payees']:
            plan(40, '_add_payee', name)
        for name, amount, days, end in facts['withdrawals']:
            plan(days, '_withdraw', name, amount=amount, end=end)
        for name, end, days in facts['requests']:
            plan(days, '_request_invoice', name, end=end)
        for name in facts['refunded']:
            plan(35, '_refund_purchase', name)
        for name, amount, reason, days in facts['operations']:
            plan(days, '_correct_wallet', name, amount=amount, reason=reason)
        for name in facts['sub_members']:
            plan(50, '_add_sub_members', name)
        return steps

    # === STEPS === #
    @api.model
    def _register_member(self, member):
        super()._register_member(member)
        if referrer := member.get('referrer'):
            member['partner'].referrer_id = referrer['partner']

    @api.model
    def _visit_by_link(self, facts):
        partner = facts['member']['partner']
        partner.is_affiliate = True
        self.env['referral.visit'].create(
            {
                'partner_id': partner.id,
                'date': fields.Date.today(),
                'count': facts['count'],
            }
        )

    @api.model
    def _buy_by_card(self, facts):
        order = self._create_license_order(facts)
        self._pay_order(order)
        facts['member'].setdefault('orders', []).append(order)

    @api.model
    def _buy_from_wallet(self, facts):
        account = self.env['wallet.account']._get_for(facts['member']['partner'])
        order = self._create_license_order(facts)
        if order.amount_total > account.available:
            order.order_line.price_unit = account.available // 2
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        account.with_context(**NO_MAIL)._pay(
            invoice.amount_residual, invoice_ids=[Command.set(invoice.ids)]
        )
        facts['member'].setdefault('orders', []).append(order)

    @api.model
    def _create_license_order(self, facts):
        return self._create_order(
            facts['member']['partner'],
            {
                'product_id': facts['setup']['products'][facts['product']].id,
                'license_domain': facts['host'],
            },
        )

    @api.model
    def _recharge(self, facts):
        partner = facts['member']['partner']
        account = self.env['wallet.account']._get_for(partner)
        provider = self.env['payment.provider'].search(
            [('code', '=', 'wechatpay'), ('company_id', '=', account.company_id.id)], limit=1
        )
        transaction = self.env['payment.transaction'].create(
            {
                'provider_id': provider.id,
                'payment_method_id': provider.payment_method_ids[:1].id,
                'amount': facts['amount'],
                'currency_id': account.currency_id.id,
                'partner_id': partner.id,
                'operation': 'online_redirect',
                'reference': f'R{account.id}_{facts["amount"]}_{fields.Date.today():%m%d}',
                'is_wallet_topup': True,
                'wallet_account_id': account.id,
            }
        )
        transaction._set_done()
        transaction.with_context(**NO_MAIL)._post_process()

    @api.model
    def _add_payee(self, facts):
        values = facts['setup']['money']['payees'][facts['member']['values']['name']]
        payee = self.env['wallet.payee']._add(facts['member']['partner'], values)
        payee.is_verified = True
        facts['member']['payee'] = payee

    @api.model
    def _withdraw(self, facts):
        partner = facts['member']['partner']
        account = self.env['wallet.account']._get_for(partner)
        withdrawal = self.env['wallet.withdrawal']._create_request(
            account, min(facts['amount'], account.commission), facts['member']['payee']
        )
        reviewer = withdrawal.with_user(facts['setup']['supervisor']).sudo()
        if facts['end'] == 'rejected':
            reviewer._reject(facts['setup']['money']['reasons']['withdrawal'])
        elif facts['end'] != 'requested':
            reviewer._approve()
        if facts['end'] == 'paid':
            reviewer._mark_paid('20261029-0001')

    @api.model
    def _request_invoice(self, facts):
        """Ask for the invoice of whatever was paid and not invoiced yet."""
        partner, money = facts['member']['partner'], facts['setup']['money']
        Title = self.env['invoice.title']
        values = money['titles'][partner.name]
        title = Title.search([('partner_id', '=', partner.id)], limit=1) or Title.create(
            {'partner_id': partner.id, 'is_default': True, **values}
        )
        documents = self._find_paid_documents(partner)
        if not documents:
            return
        values = {'title_id': title.id, 'kind': 'electronic_normal'}
        Request = self.env['invoice.request'].with_user(facts['setup']['supervisor']).sudo()
        if facts['end'] == 'draft':
            # Staff has begun to write it down, for a member on the telephone.
            Request.create({'partner_id': partner.id, **values})._add_documents(documents[:1])
            return
        request = Request._request_documents(partner, documents[:1], values)
        self._bring_request(request, facts['end'], money['reasons'])

    @api.model
    def _bring_request(self, request, end, reasons):
        """Bring a submitted request for an invoice to the state it ends in."""
        if end == 'rejected':
            request._reject(reasons['request'])
        elif end == 'cancelled':
            request._cancel(reasons['cancel'])
        elif end != 'submitted':
            request._approve()
        if end in ('issued', 'delivered', 'reversed'):
            request._issue(self._make_fapiao(request, '26312'))
        if end == 'delivered':
            request._deliver()
        elif end == 'reversed':
            request._reverse({**self._make_fapiao(request, '26313'), 'reason': reasons['reversal']})

    @api.model
    def _find_paid_documents(self, partner):
        sources = self.env['invoice.source']._find_documents(partner, self.env.company)
        return [source['document'] for source in sources if not source['request']]

    @api.model
    def _make_fapiao(self, request, prefix):
        """Return number and file of an invoice that says that it is a sample.

        :param str prefix: first five digits of the number
        """
        from reportlab.pdfgen import canvas

        file = io.BytesIO()
        page = canvas.Canvas(file, pagesize=(595, 380))
        page.setFont('Helvetica-Bold', 20)
        page.drawString(48, 320, 'SAMPLE INVOICE')
        page.setFont('Helvetica', 12)
        page.drawString(
            48, 290, f'{request.name}   {request.amount:,.2f} {request.currency_id.name}'
        )
        page.save()
        number = f'{prefix}{request.id:015d}'
        attachment = self.env['ir.attachment'].create(
            {'name': f'{number}.pdf', 'raw': file.getvalue(), 'mimetype': 'application/pdf'}
        )
        return {'number': number, 'attachments': attachment.ids}

    @api.model
    def _refund_purchase(self, facts):
        """Give the money of a purchase back, with its credit note."""
        invoice = facts['member']['orders'][0].invoice_ids[:1]
        reason = facts['setup']['money']['reasons']['refund']
        credit_note = invoice._reverse_moves([{'ref': reason, 'date': fields.Date.today()}])
        credit_note.action_post()

    @api.model
    def _correct_wallet(self, facts):
        """Give something by hand; above the limit it waits for somebody else."""
        operation = self.env['wallet.operation'].with_user(facts['setup']['supervisor'])
        operation.create(
            {
                'account_id': self.env['wallet.account']._get_for(facts['member']['partner']).id,
                'bucket': 'cash',
                'amount': facts['amount'],
                'reason': facts['setup']['money']['reasons'][facts['reason']],
            }
        ).action_submit()

    @api.model
    def _add_sub_members(self, facts):
        parent, money = facts['member']['partner'], facts['setup']['money']
        for child in self.env['res.partner'].search(
            [('name', 'in', money['sub_members'][parent.name]), ('is_member', '=', True)]
        ):
            child._join_member(parent)
        for email in money['invited'].get(parent.name, []):
            self.env['member.invitation']._invite(parent, email)

    @api.model
    def _run_scheduled_actions(self, facts):
        super()._run_scheduled_actions(facts)
        if fields.Datetime.now().hour >= 4:
            return
        Commission = self.env['referral.commission']
        Commission._release_batch(Commission._get_release_domain(fields.Date.today()), 500)
        self.env['res.partner'].search([('is_member', '=', True)])._update_grades()
        company, today = self.env.company, fields.Date.today()
        self.env['wallet.reconciliation']._run(company)
        if today.day == 1:
            last = today - timedelta(days=1)
            self.env['referral.statement']._make(company, last.replace(day=1), last)._confirm()
