from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..tools.inputs import clean, clean_id
from .portal_title import InvoiceTitlePortal

# What a member may say about one request, beside the title.
REQUEST_FIELDS = (
    'email',
    'mobile',
    'delivery_name',
    'delivery_phone',
    'delivery_address',
    'remark',
)


class InvoiceRequestPortal(InvoiceTitlePortal):
    """The member's invoice requests: ask, follow, download, call off."""

    _invoice_requests_per_page = 20

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'invoice_request_count' in counters:
            Request = request.env['invoice.request']
            values['invoice_request_count'] = (
                Request.search_count(self._invoice_request_get_own_domain())
                if Request.has_access('read')
                else 0
            )
        return values

    # === LIST === #

    @route(
        ['/my/invoice-requests', '/my/invoice-requests/page/<int:page>'],
        type='http',
        auth='user',
        website=True,
        readonly=True,
    )
    def portal_my_invoice_requests(self, page=1, filterby=None, search=None, **_kwargs):
        """The list of the member's requests."""
        Request = request.env['invoice.request']
        if not Request.has_access('read'):
            return request.redirect('/my')
        filters = self._invoice_request_get_filters()
        filterby = filterby if filterby in filters else 'all'
        search = clean(search)
        common = self._invoice_request_get_own_domain() & self._invoice_request_get_search(search)
        counts = {
            name: Request.search_count(common & values['domain'])
            for name, values in filters.items()
        }
        pager = portal_pager(
            url='/my/invoice-requests',
            url_args={'filterby': filterby, 'search': search},
            total=counts[filterby],
            page=page,
            step=self._invoice_requests_per_page,
        )
        requests = Request.search(
            common & filters[filterby]['domain'],
            limit=self._invoice_requests_per_page,
            offset=pager['offset'],
        )
        values = self._prepare_portal_layout_values() | {
            'page_name': 'invoice_request',
            # sudo: invoice.request - found by the member's rights; shows names of documents
            'invoice_requests': requests.sudo(),
            'pager': pager,
            'invoice_filters': filters,
            'invoice_counts': counts,
            'filterby': filterby,
            'search': search,
        }
        return request.render('aftercare_invoice_request.portal_my_invoice_requests', values)

    def _invoice_request_get_own_domain(self):
        """Return the domain of what is the member's own, for staff in the portal too."""
        partner = request.env.user.partner_id
        return (
            Domain('state', '!=', 'draft')
            & Domain('commercial_partner_id', '=', partner.commercial_partner_id.id)
            & (Domain('partner_id', '=', partner.id) | Domain('title_type', '!=', 'person'))
        )

    def _invoice_request_get_filters(self):
        """Return the filters of the list by name: label and domain."""
        return {
            'all': {'label': request.env._("All"), 'domain': Domain.TRUE},
            'open': {
                'label': request.env._("In progress"),
                'domain': Domain('state', 'in', ('submitted', 'approved')),
            },
            'issued': {
                'label': request.env._("Issued"),
                'domain': Domain('state', 'in', ('issued', 'delivered')),
            },
            'closed': {
                'label': request.env._("Closed"),
                'domain': Domain('state', 'in', ('rejected', 'cancelled', 'reversed')),
            },
        }

    def _invoice_request_get_search(self, search):
        if not search:
            return Domain.TRUE
        return Domain.OR(
            Domain(name, 'ilike', search)
            for name in ('name', 'title_name', 'invoice_number', 'line_ids.name')
        )

    # === ASK === #

    @route(
        '/my/invoice-requests/new',
        type='http',
        auth='user',
        website=True,
        methods=['GET'],
        readonly=True,
    )
    def portal_invoice_request_new(self, again=None, document=None, **_kwargs):
        """The page on which a member asks for an invoice.

        :param again: the id of a request that was refused, to correct it
        :param document: a document to choose, as ``model,id``
        """
        old_sudo = self._invoice_request_get(clean_id(again)) if again else None
        typed = {}
        if old_sudo:
            typed = {
                'title_id': str(old_sudo.title_id.id),
                'kind': old_sudo.kind,
                **{name: old_sudo[name] or '' for name in REQUEST_FIELDS},
            }
            chosen = {
                f'{source.res_model},{source.res_id}' for source in old_sudo.line_ids.source_id
            }
        else:
            chosen = {document} if document else set()
        return self._invoice_request_render_form(typed, chosen)

    @route(
        '/my/invoice-requests/new',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_invoice_request_create(self, **post):
        """Ask for an invoice; what is wrong is said on the page, which keeps what was typed."""
        chosen = set(request.httprequest.form.getlist('document'))
        try:
            with request.env.cr.savepoint():
                invoice_request_sudo = self._invoice_request_create(chosen, post)
        except UserError as error:
            return self._invoice_request_render_form(post, chosen, error=str(error))
        return request.redirect(f'/my/invoice-requests/{invoice_request_sudo.id}?done=submitted')

    def _invoice_request_create(self, chosen, post):
        documents = [
            found
            for found in self._invoice_request_find_documents()
            if found['key'] in chosen and not found['request']
        ]
        if len(documents) < len(chosen):
            raise UserError(
                request.env._("Something that you have chosen can not be invoiced any more.")
            )
        title_sudo = self._invoice_request_get_title(post)
        # sudo: res.company - members do not read its settings
        kinds = dict(request.env.company.sudo()._get_invoice_kinds())
        values = {name: clean(post.get(name)) for name in REQUEST_FIELDS}
        values = {name: value for name, value in values.items() if value}
        kind = post.get('kind')
        if kind not in kinds:
            raise UserError(request.env._("Please choose the kind of invoice."))
        self._invoice_request_complete_title(title_sudo, values)
        return request.env['invoice.request']._request_documents(
            request.env.user.partner_id,
            [found['document'] for found in documents],
            {'title_id': title_sudo.id, 'kind': kind, **values},
        )

    def _invoice_request_get_title(self, post):
        """Return the title that was chosen, or was typed just now, sudoed."""
        if post.get('title_id') == 'new':
            return self._invoice_title_save(request.env['invoice.title'], post)
        title = request.env['invoice.title'].search(
            self._invoice_title_get_own_domain() & Domain('id', '=', clean_id(post.get('title_id')))
        )
        if not title:
            raise UserError(request.env._("Please say in whose name the invoice is to be."))
        # sudo: invoice.title - the member's own, found by its rights
        return title.sudo()

    def _invoice_request_complete_title(self, title_sudo, values):
        """Keep addresses for the next time, where the title has none yet."""
        missing = {
            name: value
            for name, value in values.items()
            if name != 'remark' and not title_sudo[name]
        }
        if missing:
            title_sudo.write(missing)

    def _invoice_request_find_documents(self):
        """Return what the member can have invoiced; each with the key that the form sends."""
        found = request.env['invoice.source']._find_documents(
            request.env.user.partner_id, request.env.company
        )
        return [
            document | {'key': f'{document["document"]._name},{document["document"].id}'}
            for document in found
        ]

    def _invoice_request_render_form(self, typed, chosen, error=None):
        titles = request.env['invoice.title'].search(self._invoice_title_get_own_domain())
        documents = self._invoice_request_find_documents()
        # sudo: res.company - members do not read its settings
        company_sudo = request.env.company.sudo()
        kinds = company_sudo._get_invoice_kinds()
        title = titles.filtered(lambda title: str(title.id) == typed.get('title_id')) or titles[:1]
        partner = request.env.user.partner_id
        values = self._prepare_portal_layout_values() | {
            'page_name': 'invoice_request_new',
            'documents': [document for document in documents if not document['request']],
            'busy_documents': [document for document in documents if document['request']],
            'currencies': request.env['res.currency'].browse(
                dict.fromkeys(document['currency_id'] for document in documents)
            ),
            'chosen': chosen,
            'titles': titles,
            'title_id': typed.get('title_id') or str(title.id or 'new'),
            'kinds': kinds,
            'kind': typed.get('kind') or (kinds[0][0] if kinds else ''),
            'is_fapiao': company_sudo._is_fapiao(),
            'days': company_sudo.invoice_request_days,
            'typed': {
                'email': title.email or partner.email or '',
                'delivery_name': title.delivery_name or '',
                'delivery_phone': title.delivery_phone or '',
                'delivery_address': title.delivery_address or '',
                **typed,
            },
            'error': error,
            **self._invoice_title_get_form_values(typed),
        }
        return request.render('aftercare_invoice_request.portal_invoice_request_new', values)

    # === ONE REQUEST === #

    def _invoice_request_get(self, request_id):
        """Return a request of the member, sudoed; or none, whether it exists or not."""
        found = request.env['invoice.request'].search(
            self._invoice_request_get_own_domain() & Domain('id', '=', clean_id(request_id))
        )
        # sudo: invoice.request - the member's own; shows documents and files
        return found.sudo() or None

    @route(
        '/my/invoice-requests/<int:request_id>',
        type='http',
        auth='user',
        website=True,
        readonly=True,
    )
    def portal_invoice_request(self, request_id, done=None, **_kwargs):
        """The page of one request."""
        request_sudo = self._invoice_request_get(request_id)
        if not request_sudo:
            raise request.not_found()
        return self._invoice_request_render(request_sudo, done=done)

    def _invoice_request_render(self, request_sudo, done=None, error=None):
        values = self._prepare_portal_layout_values() | {
            'page_name': 'invoice_request',
            'invoice_request': request_sudo,
            'done': done,
            'error': error,
        }
        return request.render(
            'aftercare_invoice_request.portal_invoice_request',
            values,
            headers={'Cache-Control': 'no-store'},
        )

    @route(
        '/my/invoice-requests/<int:request_id>/cancel',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_invoice_request_cancel(self, request_id, **_kwargs):
        """Call a request off, as long as staff has not approved it."""
        request_sudo = self._invoice_request_get(request_id)
        if not request_sudo:
            raise request.not_found()
        try:
            with request.env.cr.savepoint():
                request_sudo._check_states(('submitted',))
                request_sudo._cancel()
        except UserError as error:
            return self._invoice_request_render(request_sudo, error=str(error))
        return request.redirect(f'/my/invoice-requests/{request_id}?done=cancelled')

    @route(
        '/my/invoice-requests/<int:request_id>/download/<int:attachment_id>',
        type='http',
        auth='user',
    )
    def portal_invoice_request_download(self, request_id, attachment_id, **_kwargs):
        """Send one file of an issued invoice; who has it has got a digital invoice."""
        request_sudo = self._invoice_request_get(request_id)
        files = request_sudo and (
            request_sudo.attachment_ids | request_sudo.reversal_ids.attachment_ids
        )
        attachment_sudo = files and files.filtered(lambda file: file.id == attachment_id)
        if not attachment_sudo:
            raise request.not_found()
        if request_sudo.state == 'issued' and not request_sudo._is_paper():
            request_sudo._deliver()
        return (
            request.env['ir.binary']
            ._get_stream_from(attachment_sudo)
            .get_response(as_attachment=True, max_age=0)
        )
