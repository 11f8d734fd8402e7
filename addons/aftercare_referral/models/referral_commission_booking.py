from datetime import timedelta

from odoo import Command, api, models

from ..tools import commission as engine
from ..tools.numbers import to_decimal


class ReferralCommission(models.Model):
    _inherit = 'referral.commission'

    # === BUSINESS METHODS: booking === #

    @api.model
    def _book_event(self, event):
        """Book what a sale earns those who brought the customer; the same sale once only.

        :param dict event: ``key`` (unique, for example ``account.move,7``), ``kind`` (purchase or
            renewal), ``partner``, ``currency``, ``date`` of the payment, ``source`` record and
            ``lines``: dicts ``key``, ``product``, ``base`` (Decimal: untaxed, after discounts,
            times the share of real money), ``quantity`` and, may be missing, ``kind``, ``share``
            and ``subject`` (what a renewal prolongs).
            May be missing as well: ``company``, ``reference``, ``placed_by`` (who ordered)
        :return: the commissions of the sale, old or new, as superuser
        """
        # sudo: referral.commission - whoever registers a payment need not see commissions
        self_sudo = self.sudo()
        known = self_sudo.env['referral.event'].search([('key', '=', event['key'])])
        if known:
            return known.commission_ids.filtered(lambda commission: not commission.origin_id)
        company = event.get('company') or self_sudo._get_event_company(event)
        program = self_sudo.env['referral.program']._get_for(company)
        # sudo: res.partner - who brought the customer is not for everybody to see
        customer = event['partner'].sudo().commercial_partner_id
        if not program or not self_sudo._is_brought_before(customer, event['date']):
            return self_sudo.browse()
        return self_sudo.with_company(company)._book_lines(event, program, customer)

    @api.model
    def _get_event_company(self, event):
        source = event['source']
        return ('company_id' in source._fields and source.company_id) or self.env.company

    @api.model
    def _is_brought_before(self, customer, date):
        """Tell whether somebody had brought the customer when he paid; days differ by time zone."""
        brought = customer.referrer_date
        return bool(customer.referrer_id) and (
            not brought or date >= brought.date() - timedelta(days=1)
        )

    @api.model
    def _book_lines(self, event, program, customer):
        """Calculate and write what the lines of a sale earn."""
        chain = customer._get_referral_chain(program.levels)
        lines = [line for line in event['lines'] if not line['product'].no_commission]
        engine_lines, notes = self._prepare_engine_lines(event, lines, program, customer, chain)
        entries = engine.calculate(
            engine_lines,
            to_decimal(program.cap_percent),
            to_decimal(event['currency'].rounding),
        )
        if not chain:
            notes.append(
                self.env._(
                    "%(referrer)s did not take part in the programme at that moment.",
                    referrer=customer.referrer_id.name,
                )
            )
        elif not entries and not notes:
            notes.append(self.env._("No rate applies to what was sold."))
        base = sum((line.base for line in engine_lines), to_decimal(0))
        event_record = self._register_event(event, program, customer, base, notes)
        return self._create_commissions(event, event_record, program, chain, entries, lines)

    @api.model
    def _register_event(self, event, program, customer, base, notes):
        source = event['source']
        return self.env['referral.event']._add(
            {
                'key': event['key'],
                'kind': event['kind'],
                'date': event['date'],
                'company_id': program.company_id.id,
                'partner_id': customer.id,
                'affiliate_id': customer.referrer_id.id,
                'currency_id': event['currency'].id,
                'base': base,
                'reference': event.get('reference') or source.display_name,
                'source_model': source._name,
                'source_id': source.id,
                'note': '\n'.join(notes),
            }
        )

    @api.model
    def _prepare_engine_lines(self, event, lines, program, customer, chain):
        """Return the lines for the calculation, with the offer each level gets, and notes."""
        affiliates = self.env['res.partner'].union(*chain)
        products = self.env['product.product'].union(*(line['product'] for line in lines))
        rules = program._get_engine_rules(affiliates, products)
        step_rate = self._get_rate(program.currency_id, event['currency'], program, event['date'])
        result, notes = [], []
        for line in lines:
            kind = line.get('kind') or event['kind']
            offers = []
            for level, affiliate in enumerate(chain, start=1):
                rule, limit = engine.choose(rules, self._prepare_case(affiliate, line['product']))
                offer = rule and engine.get_offer(rule, kind, level)
                if offer and kind == 'renewal' and limit:
                    if self._count_renewals(customer, line) >= limit:
                        offer = None
                        notes.append(
                            self.env._(
                                "%(product)s: %(limit)s renewals count, this is a further one.",
                                product=line['product'].display_name,
                                limit=limit,
                            )
                        )
                if offer and offer.is_fixed:
                    offer = offer._replace(rate=offer.rate * step_rate)
                offers.append(offer)
            result.append(
                engine.Line(
                    key=line['key'],
                    base=to_decimal(line['base']),
                    kind=kind,
                    offers=tuple(offers),
                    quantity=to_decimal(line.get('quantity', 1)),
                    share=to_decimal(line.get('share', 1)),
                )
            )
        return result, list(dict.fromkeys(notes))

    @api.model
    def _prepare_case(self, affiliate, product):
        """Return what rules are compared with: an affiliate and a product."""
        path = product.categ_id.parent_path or ''
        return engine.Case(
            affiliate=affiliate.id,
            product=product.product_tmpl_id.id,
            categories=tuple(int(id_) for id_ in path.split('/') if id_),
        )

    @api.model
    def _count_renewals(self, customer, line):
        """Return how many renewals of the same thing have brought commissions before."""
        domain = [
            ('commission_id.kind', '=', 'renewal'),
            ('commission_id.state', '!=', 'void'),
            ('commission_id.source_partner_id', '=', customer.id),
        ]
        if line.get('subject'):
            domain.append(('subject', '=', line['subject']))
        else:
            domain.append(('product_id.product_tmpl_id', '=', line['product'].product_tmpl_id.id))
        lines = self.env['referral.commission.line'].search(domain)
        return len(set(lines.commission_id.mapped('source_key')))

    @api.model
    def _get_rate(self, source, target, program, date):
        """Return the exchange rate of a day as a decimal; it is kept with the commission."""
        if source == target:
            return to_decimal(1)
        return to_decimal(
            self.env['res.currency']._get_conversion_rate(source, target, program.company_id, date)
        )

    @api.model
    def _get_commission_currency(self, affiliate, company):
        """Return the currency in which an affiliate earns; a wallet may have another one."""
        return company.currency_id

    # === BUSINESS METHODS: writing === #

    @api.model
    def _create_commissions(self, event, event_record, program, chain, entries, lines):
        lines_by_key = {line['key']: line for line in lines}
        vals_list = []
        for entry in entries:
            affiliate = chain[entry.level - 1]
            vals = self._prepare_base_values(event, event_record, program, affiliate)
            vals |= self._prepare_entry_values(event, program, affiliate, entry)
            vals['line_ids'] = [
                Command.create(self._prepare_line_values(lines_by_key[key], base))
                for key, base, _amount in entry.lines
            ]
            vals_list.append(vals)
        return self._create_checked(vals_list, event)

    @api.model
    def _prepare_base_values(self, event, event_record, program, affiliate):
        """Return the values that say whose commission it is, and of what."""
        return {
            'company_id': program.company_id.id,
            'event_id': event_record.id,
            'beneficiary_id': affiliate.id,
            'source_partner_id': event_record.partner_id.id,
            'source_key': event_record.key,
            'source_model': event_record.source_model,
            'source_id': event_record.source_id,
            'reference': event_record.reference,
            'date': event['date'],
            'hold_until': event['date'] + timedelta(days=program.hold_days),
            'state': 'held',
        }

    @api.model
    def _prepare_entry_values(self, event, program, affiliate, entry):
        """Return the values that say how the amount came about."""
        rule = self.env['referral.rule'].browse(entry.offer.rule or ())
        target = self._get_commission_currency(affiliate, program.company_id)
        fx_rate = self._get_rate(event['currency'], target, program, event['date'])
        amount = engine.convert(entry.amount, fx_rate, to_decimal(target.rounding))
        return {
            'level': entry.level,
            'kind': entry.kind,
            'rule_id': rule.id,
            'rule_name': rule.display_name if rule else program.name,
            'rate_type': 'fixed' if entry.offer.is_fixed else 'percent',
            'rate': entry.offer.rate,
            'quantity': entry.quantity,
            'base': entry.base,
            'source_currency_id': event['currency'].id,
            'source_amount': entry.amount,
            'uncapped_amount': entry.uncapped,
            'cap_percent': program.cap_percent,
            'share': self._get_average_share(event, entry),
            'fx_rate': fx_rate,
            'currency_id': target.id,
            'initial_amount': amount,
            'amount': amount,
        }

    @api.model
    def _get_average_share(self, event, entry):
        """Return the share of real money of the lines of an entry together."""
        shares = {line['key']: to_decimal(line.get('share', 1)) for line in event['lines']}
        full = sum(base / shares[key] for key, base, _amount in entry.lines if shares[key])
        return entry.base / full if full else to_decimal(1)

    @api.model
    def _prepare_line_values(self, line, base):
        return {
            'key': line['key'],
            'product_id': line['product'].id,
            'subject': line.get('subject'),
            'quantity': line.get('quantity', 1),
            'share': line.get('share', 1),
            'base': base,
        }

    @api.model
    def _create_checked(self, vals_list, event):
        """Create commissions: void when somebody brought himself, under review when it looks so."""
        today = event['date']
        reviewed = {}
        for index, vals in enumerate(vals_list):
            signals = self._find_signals(vals, event)
            if signals['hard']:
                vals |= {
                    'state': 'void',
                    'amount': 0,
                    'void_code': 'SELF_REFERRAL',
                    'reason': ' '.join(signals['hard']),
                }
            elif signals['soft']:
                vals |= {'needs_review': True, 'review_reason': '\n'.join(signals['soft'])}
                reviewed[index] = signals['soft']
            elif vals['hold_until'] <= today:
                vals |= {'state': 'due', 'date_due': today}
        commissions = self.create(vals_list)
        for index, reasons in reviewed.items():
            commissions[index]._ask_for_review(reasons)
        commissions.filtered(lambda commission: commission.state == 'due')._finish_release()
        return commissions

    # === BUSINESS METHODS: registrations === #

    @api.model
    def _book_signup(self, customer, date):
        """Book what the programme pays for a registration, if anything."""
        self_sudo = self.sudo()  # sudo: referral.commission - visitors register
        customer = customer.sudo().commercial_partner_id
        program = self_sudo.env['referral.program']._get_for()
        chain = customer._get_referral_chain(1)
        if not program.signup_amount or not chain:
            return self_sudo.browse()
        [affiliate] = chain
        currency = program.currency_id
        event = {
            'key': f'{customer._name},{customer.id}/signup',
            'kind': 'signup',
            'date': date,
            'currency': currency,
            'source': customer,
            'reference': customer._get_masked_name(),
            'lines': [],
        }
        record = self_sudo._register_event(event, program, customer, to_decimal(0), [])
        if not record:
            return self_sudo.browse()
        offer = engine.Offer(None, True, to_decimal(program.signup_amount))
        entry = engine.Entry(
            1, 'signup', offer, to_decimal(0), to_decimal(1), offer.rate, offer.rate, ()
        )
        vals = self_sudo._prepare_base_values(event, record, program, affiliate)
        vals |= self_sudo._prepare_entry_values(event, program, affiliate, entry)
        return self_sudo._create_checked([vals], event)
