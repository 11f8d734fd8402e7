from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..tools.inputs import clean, clean_id

MAX_TITLES = 50
TITLE_FIELDS = (
    'title_type',
    'name',
    'tax_no',
    'reg_address',
    'reg_phone',
    'bank_name',
    'bank_account',
)
CONTACT_FIELDS = ('email', 'mobile', 'delivery_name', 'delivery_phone', 'delivery_address')


class InvoiceTitlePortal(CustomerPortal):
    """The titles in which the member wants invoices to be."""

    def _invoice_title_get_own_domain(self):
        """Return the domain of the titles of the member, for staff in the portal too."""
        partner = request.env.user.partner_id
        return Domain('company_id', '=', request.env.company.id) & (
            Domain('partner_id', '=', partner.id)
            | Domain('commercial_partner_id', '=', partner.commercial_partner_id.id)
            & Domain('title_type', '!=', 'person')
        )

    def _invoice_title_get(self, title_id):
        """Return a title of the member, sudoed; or none, whether it exists or not."""
        found = request.env['invoice.title'].search(
            self._invoice_title_get_own_domain() & Domain('id', '=', clean_id(title_id))
        )
        if not found:
            raise request.not_found()
        # sudo: invoice.title - the member's own, found by its rights
        return found.sudo()

    def _invoice_title_get_form_values(self, typed):
        """Return what the fields of a title need, beside what was typed."""
        types = (
            request.env['invoice.title']._fields['title_type']._description_selection(request.env)
        )
        # sudo: res.company - members do not read its settings
        company_sudo = request.env.company.sudo()
        return {
            'title_types': types,
            'is_fapiao': company_sudo._is_fapiao(),
            'countries': request.env['res.country'].search([]),
            'country_id': clean_id(typed.get('title_country_id') or '')
            or (company_sudo.account_fiscal_country_id or company_sudo.country_id).id,
        }

    def _invoice_title_save(self, title_sudo, post, names=TITLE_FIELDS):
        """Write what was typed (fields ``title_…``) into a title, or make one.

        :raises UserError: says what is missing or wrong
        """
        values = {
            name: clean(post.get('title_type' if name == 'title_type' else f'title_{name}'))
            for name in names
        }
        types = dict(request.env['invoice.title']._fields['title_type'].selection)
        if values['title_type'] not in types:
            values['title_type'] = 'company'
        if not values['name']:
            raise UserError(request.env._("Please say in whose name the invoice is to be."))
        if country_id := clean_id(post.get('title_country_id') or ''):
            values['country_id'] = request.env['res.country'].browse(country_id).exists().id
        if title_sudo:
            title_sudo.write(values)
            return title_sudo
        # sudo: invoice.title - members keep their own titles
        Title_sudo = request.env['invoice.title'].sudo()
        partner = request.env.user.partner_id
        if Title_sudo.search_count([('partner_id', '=', partner.id)]) >= MAX_TITLES:
            raise UserError(
                request.env._("You have %(count)s titles. Please remove one.", count=MAX_TITLES)
            )
        return Title_sudo.create(
            {'partner_id': partner.id, 'company_id': request.env.company.id, **values}
        )

    # === PAGES === #

    @route('/my/invoice-requests/titles', type='http', auth='user', website=True, readonly=True)
    def portal_my_invoice_titles(self, done=None, **_kwargs):
        """The list of the member's titles."""
        Title = request.env['invoice.title']
        if not Title.has_access('read'):
            return request.redirect('/my')
        values = self._prepare_portal_layout_values() | {
            'page_name': 'invoice_title',
            'titles': Title.search(self._invoice_title_get_own_domain()),
            'done': done,
        }
        return request.render('aftercare_invoice_request.portal_my_invoice_titles', values)

    @route(
        [
            '/my/invoice-requests/titles/new',
            '/my/invoice-requests/titles/<int:title_id>',
        ],
        type='http',
        auth='user',
        website=True,
        methods=['GET'],
        readonly=True,
    )
    def portal_invoice_title(self, title_id=None, **_kwargs):
        """The page of one title."""
        if not title_id:
            return self._invoice_title_render(request.env['invoice.title'], {})
        title_sudo = self._invoice_title_get(title_id)
        typed = {f'title_{name}': title_sudo[name] or '' for name in TITLE_FIELDS}
        typed |= {f'title_{name}': title_sudo[name] or '' for name in CONTACT_FIELDS}
        typed |= {
            'title_type': title_sudo.title_type,
            'title_country_id': str(title_sudo.country_id.id or ''),
        }
        return self._invoice_title_render(title_sudo, typed)

    @route(
        [
            '/my/invoice-requests/titles/new',
            '/my/invoice-requests/titles/<int:title_id>',
        ],
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_invoice_title_save(self, title_id=None, **post):
        """Make or change a title; what is wrong is said on the page."""
        title_sudo = self._invoice_title_get(title_id) if title_id else request.env['invoice.title']
        try:
            with request.env.cr.savepoint():
                self._invoice_title_save(title_sudo, post, TITLE_FIELDS + CONTACT_FIELDS)
        except UserError as error:
            return self._invoice_title_render(title_sudo, post, error=str(error))
        return request.redirect('/my/invoice-requests/titles?done=saved')

    def _invoice_title_render(self, title, typed, error=None):
        values = self._prepare_portal_layout_values() | {
            'page_name': 'invoice_title',
            'invoice_title': title,
            'is_title_page': True,
            'typed': typed,
            'error': error,
            **self._invoice_title_get_form_values(typed),
        }
        return request.render('aftercare_invoice_request.portal_invoice_title', values)

    @route(
        '/my/invoice-requests/titles/<int:title_id>/default',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_invoice_title_default(self, title_id, **_kwargs):
        """Make a title the one that new requests propose."""
        self._invoice_title_get(title_id).is_default = True
        return request.redirect('/my/invoice-requests/titles?done=saved')

    @route(
        '/my/invoice-requests/titles/<int:title_id>/delete',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_invoice_title_delete(self, title_id, **_kwargs):
        """Put a title away; requests keep what was copied from it."""
        self._invoice_title_get(title_id).action_archive()
        return request.redirect('/my/invoice-requests/titles?done=deleted')

    @route('/my/invoice-requests/titles/check', type='jsonrpc', auth='user', readonly=True)
    def portal_invoice_title_check(self, title_type='company', tax_no='', country_id=None):
        """Tell what is wrong or unusual with a tax number, while it is typed."""
        types = dict(request.env['invoice.title']._fields['title_type'].selection)
        if title_type not in types or not isinstance(tax_no, str) or not tax_no.strip():
            return {'error': False, 'warning': False}
        # sudo: invoice.title - is never saved
        title_sudo = (
            request.env['invoice.title']
            .sudo()
            .new(
                {
                    'title_type': title_type,
                    'tax_no': clean(tax_no),
                    'country_id': clean_id(country_id or '') or False,
                    'company_id': request.env.company.id,
                }
            )
        )
        error, warning = title_sudo._check_tax_number()
        return {'error': error, 'warning': warning}
