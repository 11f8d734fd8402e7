import base64
import json
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import file_open

from .aftercare_demo_story import DAYS

YEAR = timedelta(days=365)
SOLD = 14
TAKEOVER_HOURS = 30


class AftercareDemo(models.AbstractModel):
    """Sells licences: taken over, bought, renewed, moved to other domains, suspended, refunded."""

    _inherit = 'aftercare.demo'

    # === SETTING UP === #
    @api.model
    def _create_products(self):
        """Return {key: product} of the licensed products, on sale in the shop."""
        products = {}
        for row in json.loads(self._read('licenses.json'))['products']:
            with file_open(f'aftercare/demo/product_{row["key"]}.png', 'rb') as file:
                image = base64.b64encode(file.read())
            products[row['key']] = self.env['product.product'].create(
                {
                    'name': row['name'],
                    'image_1920': image,
                    'type': 'service',
                    'license_policy_id': self.env.ref(
                        f'aftercare_license.software_license_policy_{row["policy"]}'
                    ).id,
                    'license_code': row['code'],
                    'list_price': row['price'],
                    'renewal_price': row['renewal_price'],
                    'description_sale': row['tagline'],
                    'taxes_id': [Command.clear()],
                    'is_published': True,
                }
            )
        self._translate({'product.template': 'description_sale'})
        self._accept_payments()
        return products

    @api.model
    def _accept_payments(self):
        """Let visitors pay with the provider that only pretends to."""
        provider = self.env['payment.provider'].search([('code', '=', 'demo')], limit=1)
        provider.write({'state': 'test', 'is_published': True})

    # === PLAN === #
    @api.model
    def _plan_licenses(self, dice, setup, members, start, now):
        facts = json.loads(self._read('licenses.json'))
        hosts = iter([f'{host}.example.com' for host in facts['hosts']])
        owners = [member for member in members if member['since'] < start + timedelta(hours=12)]
        # whoever can sign in has several
        owners = [member for member in owners if member['login']] * 2 + owners
        stories = []
        for fate, days in facts['expiries'].items():
            for offset in days:
                stories.append(
                    {
                        'at': start + timedelta(hours=dice.uniform(12, TAKEOVER_HOURS)),
                        'fate': fate,
                        'expiry': now + timedelta(days=offset, hours=dice.uniform(-9, 9)),
                        'action': '_take_over_license',
                    }
                )
        for number in range(SOLD):
            age = DAYS * (1 - (number + 0.5) / SOLD)
            stories.append({'at': now - timedelta(days=age), 'action': '_sell_license'})
        dice.shuffle(stories)
        for number, story in enumerate(stories):
            is_dated = story['action'] == '_take_over_license'
            key = dice.choice(['shop', 'shop', 'cloud'] if is_dated else ['shop', 'seo', 'cloud'])
            story.update(
                product=setup['products'][key],
                member=owners[number % len(owners)],
                host=next(hosts),
                reasons=facts['reasons'],
            )
        steps = [(story['at'], story['action'], story) for story in stories]
        for story in stories:
            steps += self._plan_renewal(dice, story, now)
        return steps + self._plan_events(dice, stories, now)

    @api.model
    def _plan_renewal(self, dice, story, now):
        if story.get('fate') != 'renewed':
            return []
        # some before the end, some in the days of grace
        at = story['expiry'] + timedelta(days=dice.uniform(-8, 4))
        return [(min(at, now - timedelta(hours=2)), '_renew_license', story)]

    @api.model
    def _plan_events(self, dice, stories, now):
        """Spread what else happens to licences that run over the last weeks."""
        running = [story for story in stories if story.get('fate') == 'running']
        sold = [story for story in stories if story['action'] == '_sell_license']
        kinds = {
            '_move_license': running[:5] + sold[1:3],
            '_suspend_license': running[5:7],
            '_rotate_license': running[7:8],
            '_transfer_license': running[8:9],
            '_extend_license': running[9:10],
            '_add_test_address': running[10:12] + sold[3:5],
            '_refund_license': sold[5:6],
        }
        steps = []
        for action, chosen in kinds.items():
            for story in chosen:
                at = max(
                    now - timedelta(days=dice.uniform(1, 20)), story['at'] + timedelta(hours=5)
                )
                steps.append((at, action, story))
        return steps

    # === STEPS === #
    @api.model
    def _take_over_license(self, story):
        story['license'] = self.env['software.license'].create(
            {
                'partner_id': story['member']['partner'].id,
                'product_id': story['product'].id,
                'domain': story['host'],
            }
        )
        story['license']._activate(reason=story['reasons']['takeover'], at=story['expiry'] - YEAR)

    @api.model
    def _sell_license(self, story):
        order = self._create_order(
            story['member']['partner'],
            {'product_id': story['product'].id, 'license_domain': story['host']},
        )
        self._pay_order(order)
        story['license'] = order.order_line.license_ids[:1]

    @api.model
    def _renew_license(self, story):
        order = self._create_order(
            story['member']['partner'],
            {
                'product_id': story['product'].id,
                'license_id': story['license'].id,
                'price_unit': story['product'].renewal_price,
            },
        )
        self._pay_order(order)

    @api.model
    def _create_order(self, partner, line):
        return self.env['sale.order'].create(
            {'partner_id': partner.id, 'order_line': [Command.create(line)]}
        )

    @api.model
    def _pay_order(self, order):
        """Pay online, with the provider that only pretends to, without the mails with PDF."""
        order.action_confirm()
        provider = self.env['payment.provider'].search([('code', '=', 'demo')], limit=1)
        transaction = self.env['payment.transaction'].create(
            {
                'provider_id': provider.id,
                'payment_method_id': provider.payment_method_ids[:1].id,
                'amount': order.amount_total,
                'currency_id': order.currency_id.id,
                'partner_id': order.partner_id.id,
                'sale_order_ids': [Command.set(order.ids)],
                'operation': 'online_direct',
                'reference': f'{order.name}-{order.id}',
            }
        )
        transaction._set_done()
        transaction._invoice_sale_orders()
        transaction.invoice_ids.action_post()
        transaction._create_payment()
        transaction.is_post_processed = True

    @api.model
    def _move_license(self, story):
        story['license']._change_domain(f'www.new-{story["host"]}', ip=story['member']['ip'])

    @api.model
    def _suspend_license(self, story):
        story['license']._suspend(story['reasons']['suspend'])

    @api.model
    def _rotate_license(self, story):
        story['license']._rotate_key(story['reasons']['rotate'])

    @api.model
    def _transfer_license(self, story):
        buyer = self.env['res.partner'].search(
            [('is_member', '=', True), ('id', '!=', story['license'].partner_id.id)], limit=1
        )
        story['license']._transfer(buyer, story['reasons']['transfer'])

    @api.model
    def _extend_license(self, story):
        until = story['license'].date_expiry + timedelta(days=7)
        story['license']._extend(until, story['reasons']['extend'])

    @api.model
    def _add_test_address(self, story):
        story['license']._bind_staging(f'{story["host"].split(".")[0]}.staging.example.org')

    @api.model
    def _refund_license(self, story):
        story['license']._revoke(story['reasons']['revoke'])

    @api.model
    def _run_scheduled_actions(self, facts):
        super()._run_scheduled_actions(facts)
        now = fields.Datetime.now()
        self.env['software.license'].search([('next_check_date', '<=', now)])._process_due(now)

    # === TODAY === #
    @api.model
    def _sell_today(self, setup, members):
        """The demo customer has just bought; the licence is there. Another is being prepared."""
        facts = json.loads(self._read('licenses.json'))
        self.env['software.license'].create(
            {
                'partner_id': members[5]['partner'].id,
                'product_id': setup['products']['cloud'].id,
                'domain': f'{facts["hosts"][-1]}.example.org',
            }
        )
        customer = next(member for member in members if member['values']['lang'] == 'zh_CN')
        self._sell_license(
            {
                'member': customer,
                'product': setup['products']['shop'],
                'host': f'{facts["hosts"][0]}.example.org',
            }
        )

    @api.model
    def _count_checks(self, dice):
        """Add the checks of a month: what installations asked, and what they were told."""
        today = fields.Date.today()
        licenses = self.env['software.license'].search([('state', '!=', 'draft')])
        installations, checkins = [], []
        for license in licenses:
            count = dice.choice((1, 1, 1, 2, 3))
            seen = fields.Datetime.now() - timedelta(hours=dice.uniform(0.2, 20))
            for number in range(count):
                installations.append(
                    {
                        'license_id': license.id,
                        'instance_id': f'i_{license.uuid[:8]}{number}',
                        'host': license.domain if not number else f'staging.{license.domain}',
                        'version': dice.choice(('5.1.4', '5.2.0', '5.2.1')),
                        'platform': dice.choice(('php 8.2', 'php 8.3')),
                        'first_seen': license.create_date,
                        'last_seen': seen,
                        'check_count': dice.randint(20, 90),
                    }
                )
            code = {'active': 'VALID', 'grace': 'EXPIRED_GRACE'}.get(
                license.state, license.state.upper()
            )
            days = min(30, (today - license.create_date.date()).days)
            checkins += [
                {
                    'license_id': license.id,
                    'date': today - timedelta(days=day),
                    'code': code if day < 5 else 'VALID',
                    'count': count,
                }
                for day in range(days)
            ]
            license.write({'last_validated_at': seen, 'validation_count': days * count})
        self.env['software.license.installation'].create(installations)
        self.env['software.license.checkin'].create(checkins)
