from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.identity import get_network, normalize_email, normalize_number

NEAR_DAYS = 30
REFUND_DAYS = 90
REFUND_MIN_EVENTS = 5
FARMING_SIGNUPS = 10


class ReferralCommission(models.Model):
    _inherit = 'referral.commission'

    # === BUSINESS METHODS: signs that somebody brought himself === #

    @api.model
    def _find_signals(self, vals, event):
        """Return why a new commission is no good, or should be looked at.

        :param dict vals: of the commission
        :param dict event: see ``_book_event``
        :return: dict ``hard`` and ``soft``, lists of sentences
        """
        affiliate = self.env['res.partner'].browse(vals['beneficiary_id'])
        customer = self.env['res.partner'].browse(vals['source_partner_id'])
        hard = self._find_hard_signals(affiliate, customer, event)
        return {
            'hard': hard,
            'soft': [] if hard else self._find_soft_signals(affiliate, customer, event),
        }

    @api.model
    def _find_hard_signals(self, affiliate, customer, event):
        """Return what proves that affiliate and customer are one: sentences."""
        placed_by = event.get('placed_by')
        if self._is_one_family(affiliate, customer):
            return [self.env._("Affiliate and customer belong to one contact.")]
        # sudo: res.partner - compared, shown to nobody
        if placed_by and placed_by.sudo().commercial_partner_id == affiliate:
            return [self.env._("The affiliate placed the order for the customer.")]
        labels = self._get_mark_labels()
        own, other = self._get_identity_marks(affiliate), self._get_identity_marks(customer)
        return [
            self.env._("Affiliate and customer have the same %(what)s.", what=label)
            for kind, label in labels.items()
            if own[kind] & other[kind]
        ]

    @api.model
    def _is_one_family(self, affiliate, customer):
        """Tell whether one contact is the other, or belongs to it."""
        if affiliate == customer:
            return True
        for below, above in ((affiliate, customer), (customer, affiliate)):
            partner = below
            while partner := partner.parent_id:
                if partner == above:
                    return True
        return False

    @api.model
    def _get_mark_labels(self):
        """Return the kinds of marks by which one person is known: dict kind → label."""
        return {
            'email': self.env._("e-mail address"),
            'phone': self.env._("phone number"),
            'vat': self.env._("tax or identity number"),
            'account': self.env._("bank account"),
        }

    @api.model
    def _get_identity_marks(self, partner):
        """Return by what somebody is known; other addons add theirs.

        :return: dict kind → set of normalised texts
        """
        family = (
            self.env['res.partner']
            .with_context(active_test=False)
            .search([('commercial_partner_id', '=', partner.commercial_partner_id.id)])
        )
        logins = family.user_ids.mapped('login')
        marks = defaultdict(set)
        marks['email'] = {normalize_email(text) for text in [*family.mapped('email'), *logins]}
        marks['phone'] = set(family.mapped('phone_sanitized'))
        marks['vat'] = {normalize_number(text) for text in family.mapped('vat')}
        marks['vat'] |= {normalize_number(text) for text in family.mapped('company_registry')}
        marks['account'] = {normalize_number(text) for text in family.bank_ids.mapped('acc_number')}
        return defaultdict(set, {kind: texts - {'', False} for kind, texts in marks.items()})

    # === BUSINESS METHODS: signs that somebody should look === #

    @api.model
    def _find_soft_signals(self, affiliate, customer, event):
        """Return what looks as if affiliate and customer were one, or as if it were a game."""
        program = self.env['referral.program']._get_for()
        now = fields.Datetime.now()
        found = []
        attribution = self.env['referral.attribution'].search(
            [('partner_id', '=', customer.id), ('referrer_id', '=', affiliate.id)], limit=1
        )
        if attribution.is_same_browser:
            found.append(self.env._("The customer registered in a browser of the affiliate."))
        near = self._get_networks(affiliate, now) & self._get_networks(customer, now)
        if near:
            found.append(
                self.env._(
                    "Affiliate and customer were in the same network within %(days)s days: "
                    "%(networks)s.",
                    days=NEAR_DAYS,
                    networks=', '.join(sorted(near)),
                )
            )
        found += self._find_crowd_signal(affiliate, attribution, program)
        found += self._find_refund_signal(affiliate, program, now)
        if event['kind'] == 'signup':
            found += self._find_farming_signal(affiliate, now)
        return found

    @api.model
    def _get_networks(self, partner, now):
        """Return the networks in which somebody was lately."""
        since = now - timedelta(days=NEAR_DAYS)
        users = (
            self.env['res.users']
            .with_context(active_test=False)
            .search([('partner_id.commercial_partner_id', '=', partner.commercial_partner_id.id)])
        )
        devices = self.env['res.device.log'].search(
            [('user_id', 'in', users.ids), ('last_activity', '>=', since)], limit=1000
        )
        attributions = self.env['referral.attribution'].search(
            [('partner_id', '=', partner.id), ('create_date', '>=', since)]
        )
        texts = {*devices.mapped('ip_address'), *attributions.mapped('ip_address')}
        return {get_network(text) for text in texts} - {''}

    @api.model
    def _find_crowd_signal(self, affiliate, attribution, program):
        """Many customers from one address on one day."""
        if not attribution.ip_address or not program.review_ip_count:
            return []
        day = attribution.create_date.replace(hour=0, minute=0, second=0, microsecond=0)
        count = self.env['referral.attribution'].search_count(
            [
                ('referrer_id', '=', affiliate.id),
                ('ip_address', '=', attribution.ip_address),
                ('create_date', '>=', day),
                ('create_date', '<', day + timedelta(days=1)),
            ]
        )
        if count < program.review_ip_count:
            return []
        return [
            self.env._(
                "%(count)s customers of the affiliate registered from one address on one day.",
                count=count,
            )
        ]

    @api.model
    def _find_refund_signal(self, affiliate, program, now):
        """Much of what the affiliate sold lately was given back."""
        domain = (
            Domain('beneficiary_id', '=', affiliate.id)
            & Domain('origin_id', '=', False)
            & Domain('kind', 'in', ('purchase', 'renewal'))
            & Domain('date', '>=', now.date() - timedelta(days=REFUND_DAYS))
        )
        [(count, initial, reversed_amount)] = self._read_group(
            domain, [], ['__count', 'initial_amount:sum', 'reversed_amount:sum']
        )
        if not program.review_refund_percent or count < REFUND_MIN_EVENTS or not initial:
            return []
        percent = 100 * reversed_amount / initial
        if percent <= program.review_refund_percent:
            return []
        return [
            self.env._(
                "%(percent).0f %% of the commissions of the last %(days)s days were taken back.",
                percent=percent,
                days=REFUND_DAYS,
            )
        ]

    @api.model
    def _find_farming_signal(self, affiliate, now):
        """Many registrations and never a sale: somebody lives on the registrations."""
        kinds = dict(
            self._read_group(
                Domain('beneficiary_id', '=', affiliate.id)
                & Domain('date', '>=', now.date() - timedelta(days=NEAR_DAYS)),
                ['kind'],
                ['__count'],
            )
        )
        if kinds.get('signup', 0) < FARMING_SIGNUPS or kinds.get('purchase'):
            return []
        return [
            self.env._(
                "%(count)s registrations within %(days)s days and not one sale.",
                count=kinds['signup'],
                days=NEAR_DAYS,
            )
        ]

    def _ask_for_review(self, reasons):
        """Give the one responsible something to look at."""
        self.ensure_one()
        user = self.env['referral.program']._get_for(self.company_id)._get_reviewer()
        if user:
            self.activity_schedule(
                'mail.mail_activity_data_todo',
                summary=self.env._("Review this commission"),
                note='\n'.join(reasons),
                user_id=user.id,
            )
        self.env['notification.event']._notify(
            'referral_review', self, {'reason': '\n'.join(reasons)}
        )
