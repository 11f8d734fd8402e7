import re
from urllib.parse import quote

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.fields import Domain
from odoo.http import content_disposition, request, route
from odoo.tools import format_date

from ..const import OWN_COOKIE
from ..tools.chart import get_bars

MAX_SEARCH_LENGTH = 100
MAX_ID = 2**31 - 1
CHART_MONTHS = 12
CHART_SIZE = (660, 180)
LATEST = 5


class ReferralPortal(CustomerPortal):
    """The promotion of a customer: his link, what came of it, what he earns."""

    _referrals_per_page = 20

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'referral_count' in counters:
            values['referral_count'] = int(bool(self._referral_get_access()))
        return values

    # === PARTS === #

    def _referral_get_partner(self):
        """Return the customer whom the user belongs to, as superuser."""
        # sudo: res.partner - customers see their own account
        return request.env.user.partner_id.commercial_partner_id.sudo()

    def _referral_get_program(self):
        return request.env['referral.program']._get_for()

    def _referral_get_access(self):
        """Tell whether promotion is any business of the user."""
        return request.env['referral.commission'].has_access('read') and (
            self._referral_get_program() or self._referral_get_partner().affiliate_since
        )

    def _referral_get_own_domain(self):
        """Return the domain of the customer's own commissions, for staff in the portal too."""
        return request.env['referral.commission']._get_own_domain(
            request.env.user.partner_id
        ) & Domain('company_id', '=', request.env.company.id)

    def _referral_get_layout_values(self, title, **values):
        return (
            self._prepare_portal_layout_values()
            | {
                'page_name': 'referral',
                'referral_title': title,
                'currency': request.env.company.currency_id,
            }
            | values
        )

    # === OVERVIEW === #

    @route('/my/referral', type='http', auth='user', website=True, sitemap=False)
    def portal_my_referral(self, **_kwargs):
        """Link, figures, income, the latest commissions and statements."""
        if not self._referral_get_access():
            return request.redirect('/my')
        program = self._referral_get_program()
        partner_sudo = self._referral_get_partner()
        if program.enrolment == 'automatic':
            partner_sudo._join_program(program)
        response = request.render(
            'aftercare_referral.portal_my_referral',
            self._referral_get_page_values(program, partner_sudo),
        )
        if partner_sudo.is_affiliate:
            # tells a customer who registers in the browser of the one who recommends us
            response.set_cookie(
                OWN_COOKIE, partner_sudo.referral_code, httponly=True, samesite='Lax'
            )
        return response

    @route('/my/referral/join', type='http', auth='user', website=True, methods=['POST'])
    def portal_referral_join(self, **_kwargs):
        """Ask to take part."""
        if self._referral_get_access():
            self._referral_get_partner()._join_program(self._referral_get_program())
        return request.redirect('/my/referral')

    def _referral_get_page_values(self, program, partner_sudo):
        """Return what the overview shows; other addons add theirs."""
        Commission = request.env['referral.commission']
        own = self._referral_get_own_domain()
        totals = partner_sudo._get_referral_overview()[partner_sudo.id]
        return self._referral_get_layout_values(
            None,
            program=program,
            partner=partner_sudo,
            url=partner_sudo.referral_url,
            qr_src=partner_sudo.referral_url and self._referral_get_qr_src(partner_sudo),
            rates=program and program._describe_rates(partner_sudo),
            totals=totals,
            figures=self._referral_get_figures(partner_sudo),
            chart=self._referral_get_chart(own),
            has_commissions=bool(Commission.search_count(own, limit=1)),
            # sudo: referral.commission - found by the customer's rights; explains itself
            commissions=Commission.search(own, order='date desc, id desc', limit=LATEST).sudo(),
            # sudo: referral.statement - found by the customer's rights
            statements=self._referral_search_statements(limit=3).sudo(),
        )

    def _referral_get_qr_src(self, partner_sudo):
        url = quote(partner_sudo.referral_url, safe='')
        return f'/report/barcode/?barcode_type=QR&value={url}&width=320&height=320&quiet=0'

    def _referral_get_figures(self, partner_sudo):
        """Return visits, registrations and orders of this month and of all time."""
        names = ('visits', 'registrations', 'orders')
        # sudo: referral.kpi - counts of the customer's own
        rows = (
            request.env['referral.kpi']
            .sudo()
            ._read_group(
                [
                    ('partner_id', '=', partner_sudo.id),
                    ('company_id', '=', request.env.company.id),
                ],
                ['date:month'],
                [f'{name}:sum' for name in names],
            )
        )
        month = fields.Date.context_today(partner_sudo).replace(day=1)
        return {
            name: {
                'total': sum(row[index] for row in rows),
                'month': sum(row[index] for row in rows if row[0] == month),
            }
            for index, name in enumerate(names, start=1)
        }

    def _referral_get_chart(self, own):
        """Return the income of the last months as bars."""
        first = fields.Date.context_today(request.env.user).replace(day=1) - relativedelta(
            months=CHART_MONTHS - 1
        )
        rows = request.env['referral.commission']._read_group(
            own & Domain('date', '>=', first) & Domain('state', '!=', 'void'),
            ['date:month', 'kind', 'state'],
            ['amount:sum'],
        )
        amounts = {}
        for month, kind, state, amount in rows:
            part = 'reversed' if kind == 'reversal' else state
            amounts[month, part] = amounts.get((month, part), 0) + amount
        months = []
        for offset in range(CHART_MONTHS):
            month = first + relativedelta(months=offset)
            months.append(
                {
                    'label': month,
                    'parts': [
                        (part, amounts.get((month, part), 0))
                        for part in ('paid', 'due', 'held', 'reversed')
                    ],
                }
            )
        lang = request.env['res.lang']._get_data(code=request.env.lang)
        chart = get_bars(months, *CHART_SIZE, is_mirrored=lang.direction == 'rtl')
        for bar in chart['bars']:
            day = bar['label']
            bar['label'] = format_date(request.env, day, date_format='LLL')
            bar['month'] = format_date(request.env, day, date_format='LLLL y')
        return chart | {'labels': self._referral_get_part_labels()}

    def _referral_get_part_labels(self):
        return {
            'held': request.env._("Pending"),
            'due': request.env._("Available"),
            'paid': request.env._("Paid out"),
            'reversed': request.env._("Taken back"),
        }

    # === COMMISSIONS === #

    @route(
        ['/my/referral/commissions', '/my/referral/commissions/page/<int:page>'],
        type='http',
        auth='user',
        website=True,
        sitemap=False,
        readonly=True,
    )
    def portal_referral_commissions(
        self, page=1, sortby=None, filterby=None, search=None, **_kwargs
    ):
        """The list of the customer's commissions."""
        if not self._referral_get_access():
            return request.redirect('/my')
        Commission = request.env['referral.commission']
        sortings = self._referral_get_searchbar_sortings()
        filters = self._referral_get_searchbar_filters()
        sortby = sortby if sortby in sortings else 'date'
        filterby = filterby if filterby in filters else 'all'
        search = (search or '').replace('\0', '').strip()[:MAX_SEARCH_LENGTH]
        common = self._referral_get_own_domain() & self._referral_get_search_domain(search)
        counts = {
            name: Commission.search_count(common & values['domain'])
            for name, values in filters.items()
        }
        pager = portal_pager(
            url='/my/referral/commissions',
            url_args={'sortby': sortby, 'filterby': filterby, 'search': search},
            total=counts[filterby],
            page=page,
            step=self._referrals_per_page,
        )
        commissions = Commission.search(
            common & filters[filterby]['domain'],
            order=sortings[sortby]['order'],
            limit=self._referrals_per_page,
            offset=pager['offset'],
        )
        return request.render(
            'aftercare_referral.portal_referral_commissions',
            self._referral_get_layout_values(
                request.env._("Commissions"),
                # sudo: referral.commission - found by the customer's rights; explains itself
                commissions=commissions.sudo(),
                pager=pager,
                default_url='/my/referral/commissions',
                referral_filters=filters,
                referral_counts=counts,
                filterby=filterby,
                searchbar_sortings=sortings,
                sortby=sortby,
                search=search,
            ),
        )

    def _referral_get_searchbar_sortings(self):
        return {
            'date': {'label': request.env._("Newest"), 'order': 'date desc, id desc'},
            'oldest': {'label': request.env._("Oldest"), 'order': 'date, id'},
            'amount': {'label': request.env._("Amount"), 'order': 'amount desc, id desc'},
        }

    def _referral_get_searchbar_filters(self):
        """Return the filters of the list by name: label and domain."""
        labels = self._referral_get_part_labels()
        return {
            'all': {'label': request.env._("All"), 'domain': Domain.TRUE},
            'held': {'label': labels['held'], 'domain': Domain('state', '=', 'held')},
            'due': {'label': labels['due'], 'domain': Domain('state', '=', 'due')},
            'paid': {'label': labels['paid'], 'domain': Domain('state', '=', 'paid')},
            'reversed': {
                'label': labels['reversed'],
                'domain': Domain('kind', '=', 'reversal')
                | Domain('state', '=', 'void')
                | Domain('reversed_amount', '!=', 0),
            },
        }

    def _referral_get_search_domain(self, search):
        if not search:
            return Domain.TRUE
        # sudo: product.product - customers search the names of what was sold
        lines_sudo = request.env['referral.commission.line'].sudo()
        found = Domain(
            'id',
            'in',
            lines_sudo._search([('product_id.name', 'ilike', search)]).subselect('commission_id'),
        )
        number = re.fullmatch(r'(?:COM)?0*(\d{1,9})', search.upper())
        if number:
            found |= Domain('id', '=', int(number[1]))
        return found

    # === CUSTOMERS === #

    @route(
        ['/my/referral/customers', '/my/referral/customers/page/<int:page>'],
        type='http',
        auth='user',
        website=True,
        sitemap=False,
        readonly=True,
    )
    def portal_referral_customers(self, page=1, **_kwargs):
        """The customers whom one has brought, by half of their names."""
        if not self._referral_get_access():
            return request.redirect('/my')
        partner_sudo = self._referral_get_partner()
        domain = [('referrer_id', '=', partner_sudo.id)]
        pager = portal_pager(
            url='/my/referral/customers',
            total=partner_sudo.search_count(domain),
            page=page,
            step=self._referrals_per_page,
        )
        customers_sudo = partner_sudo.search(
            domain,
            order='referrer_date desc, id desc',
            limit=self._referrals_per_page,
            offset=pager['offset'],
        )
        orders = dict(
            # sudo: referral.event - counts the orders of one's own referrals
            request.env['referral.event']
            .sudo()
            ._read_group(
                [
                    ('partner_id', 'in', customers_sudo.ids),
                    ('affiliate_id', '=', partner_sudo.id),
                    ('kind', '!=', 'signup'),
                ],
                ['partner_id'],
                ['__count'],
            )
        )
        return request.render(
            'aftercare_referral.portal_referral_customers',
            self._referral_get_layout_values(
                request.env._("Customers"),
                customers=customers_sudo,
                order_counts=orders,
                pager=pager,
                default_url='/my/referral/customers',
            ),
        )

    # === STATEMENTS === #

    def _referral_search_statements(self, **kwargs):
        Statement = request.env['referral.statement']
        domain = (
            Domain('partner_id', '=', self._referral_get_partner().id)
            & Domain('company_id', '=', request.env.company.id)
            & Domain('state', 'not in', ('draft', 'cancelled'))
        )
        return Statement.search(domain, order='date_to desc, id desc', **kwargs)

    @route(
        '/my/referral/statements',
        type='http',
        auth='user',
        website=True,
        sitemap=False,
        readonly=True,
    )
    def portal_referral_statements(self, **_kwargs):
        """The statements of the customer."""
        if not self._referral_get_access():
            return request.redirect('/my')
        return request.render(
            'aftercare_referral.portal_referral_statements',
            self._referral_get_layout_values(
                request.env._("Statements"),
                # sudo: referral.statement - found by the customer's rights
                statements=self._referral_search_statements(limit=120).sudo(),
            ),
        )

    @route(
        '/my/referral/statements/<int:statement_id>',
        type='http',
        auth='user',
        website=True,
        sitemap=False,
        readonly=True,
    )
    def portal_referral_statement(self, statement_id, **_kwargs):
        """Download a statement as PDF; one of somebody else is as good as none."""
        statement = request.env['referral.statement'].browse(statement_id)
        if statement_id > MAX_ID or not statement.exists() or not statement.has_access('read'):
            raise request.not_found()
        # sudo: referral.statement - the customer's own; names company and products
        statement_sudo = statement.sudo()
        if statement_sudo.state in ('draft', 'cancelled'):
            raise request.not_found()
        content, _type = (
            # sudo: ir.actions.report - renders what the customer may read
            request.env['ir.actions.report']
            .sudo()
            ._render_qweb_pdf('aftercare_referral.referral_statement_report', statement_sudo.ids)
        )
        return request.make_response(
            content,
            [
                ('Content-Type', 'application/pdf'),
                (
                    'Content-Disposition',
                    content_disposition(f'{statement_sudo.name.replace("/", "-")}.pdf'),
                ),
            ],
        )
