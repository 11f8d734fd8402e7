from odoo import fields
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

MAX_SEARCH_LENGTH = 100
HISTORY_LIMIT = 50
MAX_ID = 2**31 - 1
# Staff says why for the customer; what is written elsewhere is for the history alone.
TOLD_REASONS = ('suspend', 'reinstate', 'revoke', 'release')


class LicensePortal(CustomerPortal):
    """The customer's licences: find, read, move to another domain, renew."""

    _licenses_per_page = 20

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'license_count' in counters:
            License = request.env['software.license']
            values['license_count'] = (
                License.search_count(self._license_get_own_domain())
                if License.has_access('read')
                else 0
            )
        return values

    # === LIST === #

    @route(
        ['/my/licenses', '/my/licenses/page/<int:page>'],
        type='http',
        auth='user',
        website=True,
        readonly=True,
    )
    def portal_my_licenses(self, page=1, sortby=None, filterby=None, search=None, **_kwargs):
        """The list of the customer's licences."""
        License = request.env['software.license']
        if not License.has_access('read'):
            return request.redirect('/my')
        sortings = self._license_get_searchbar_sortings()
        filters = self._license_get_searchbar_filters()
        sortby = sortby if sortby in sortings else 'date'
        filterby = filterby if filterby in filters else 'valid'
        search = (search or '').replace('\0', '').strip()[:MAX_SEARCH_LENGTH]
        common = self._license_get_own_domain() & self._license_get_search_domain(search)
        counts = {
            name: License.search_count(common & values['domain'])
            for name, values in filters.items()
        }
        if not counts[filterby] and not search and request.params.get('filterby') is None:
            filterby = 'all'
        pager = portal_pager(
            url='/my/licenses',
            url_args={'sortby': sortby, 'filterby': filterby, 'search': search},
            total=counts[filterby],
            page=page,
            step=self._licenses_per_page,
        )
        licenses = License.search(
            common & filters[filterby]['domain'],
            order=sortings[sortby]['order'],
            limit=self._licenses_per_page,
            offset=pager['offset'],
        )
        values = self._prepare_portal_layout_values() | {
            'page_name': 'license',
            'default_url': '/my/licenses',
            # sudo: software.license - found by the customer's rights; shows names of products
            'licenses': licenses.sudo(),
            'pager': pager,
            'license_filters': filters,
            'license_counts': counts,
            'filterby': filterby,
            'searchbar_sortings': sortings,
            'sortby': sortby,
            'search': search,
            'now': fields.Datetime.now(),
        }
        return request.render('aftercare_license.portal_my_licenses', values)

    def _license_get_own_domain(self):
        """Return the domain of what is the customer's own, for staff in the portal too."""
        partner = request.env.user.partner_id.commercial_partner_id
        return Domain('commercial_partner_id', '=', partner.id) & Domain('state', '!=', 'draft')

    def _license_get_searchbar_sortings(self):
        return {
            'date': {'label': request.env._("Newest"), 'order': 'id desc'},
            'expiry': {'label': request.env._("Ends first"), 'order': 'date_expiry, id'},
            'domain': {'label': request.env._("Domain"), 'order': 'domain_display, id'},
        }

    def _license_get_searchbar_filters(self):
        """Return the filters of the list by name: label and domain."""
        return {
            'valid': {
                'label': request.env._("Valid"),
                'domain': Domain('state', 'in', ('active', 'grace')),
            },
            'ending': {
                'label': request.env._("Ends soon"),
                'domain': Domain('state', '=', 'grace')
                | (Domain('state', '=', 'active') & Domain('date_expiry', '<', 'now +30d')),
            },
            'over': {
                'label': request.env._("Not valid"),
                'domain': Domain('state', 'in', ('expired', 'suspended', 'revoked')),
            },
            'all': {'label': request.env._("All"), 'domain': Domain.TRUE},
        }

    def _license_get_search_domain(self, search):
        if not search:
            return Domain.TRUE
        # sudo: product.template - customers may search the names of what they have
        templates = request.env['product.template'].sudo()._search([('name', 'ilike', search)])
        return Domain.OR(
            [
                Domain('name', 'ilike', search),
                Domain('domain', 'ilike', search),
                Domain('domain_display', 'ilike', search),
                Domain('product_tmpl_id', 'in', templates),
            ]
        )

    # === ONE LICENCE === #

    def _license_get(self, license_id):
        """Return a licence of the customer, sudoed; or none, whether it exists or not."""
        license = request.env['software.license'].browse(license_id)
        if license_id > MAX_ID or not license.exists() or not license.has_access('read'):
            return None
        # sudo: software.license - the customer's own; the history keeps who the customer is
        license_sudo = license.sudo()
        return license_sudo if license_sudo.state != 'draft' else None

    @route(
        '/my/licenses/<int:license_id>',
        type='http',
        auth='user',
        website=True,
        readonly=True,
    )
    def portal_license(self, license_id, done=None, **_kwargs):
        """The page of one licence."""
        license_sudo = self._license_get(license_id)
        if not license_sudo:
            raise request.not_found()
        return self._license_render(license_sudo, done=done)

    def _license_render(self, license_sudo, **kwargs):
        return request.render(
            'aftercare_license.portal_license',
            self._license_get_page_values(license_sudo, **kwargs),
            headers={'Cache-Control': 'no-store'},
        )

    def _license_get_page_values(self, license_sudo, **kwargs):
        """Return what the page of a licence shows; other addons add theirs."""
        now = fields.Datetime.now()
        changes_left, next_change = license_sudo._get_change_allowance()
        is_open = license_sudo.state in ('active', 'grace')
        policy_sudo = license_sudo.policy_id
        hosts_sudo = license_sudo.domain_ids
        return self._prepare_portal_layout_values() | {
            'page_name': 'license',
            'license': license_sudo,
            'now': now,
            'days_left': license_sudo.date_expiry and (license_sudo.date_expiry - now).days,
            'changes': license_sudo.change_ids.search(
                [('license_id', '=', license_sudo.id)], limit=HISTORY_LIMIT
            ),
            'told_reasons': TOLD_REASONS,
            'can_change_domain': is_open and bool(policy_sudo.max_domains),
            'can_bind_staging': is_open and bool(license_sudo.domain and policy_sudo.staging_count),
            'can_add_domain': is_open
            and bool(license_sudo.domain)
            and len(hosts_sudo.filtered(lambda host: host.kind != 'staging'))
            < policy_sudo.max_domains,
            # Whoever has switched it on can switch it off, whatever has changed meanwhile.
            'can_auto_renew': license_sudo.auto_renew or license_sudo._can_auto_renew(),
            'changes_left': changes_left,
            'next_change': next_change,
            'undoable_change': is_open and license_sudo._get_undoable_change(),
            'renewal_url': self._license_get_renewal_path(license_sudo),
            'done': kwargs.get('done'),
            'error': kwargs.get('error'),
            'error_field': kwargs.get('error_field'),
            'typed': kwargs.get('typed', ''),
        }

    def _license_get_renewal_path(self, license_sudo):
        """Return where to renew, on whichever of our names the customer is."""
        url = license_sudo._can_renew() and license_sudo._get_renewal_url()
        return url and url.removeprefix(license_sudo.get_base_url())

    def _license_act(self, license_id, field, typed, act):
        """Let a function act, and go back to the page, which says what was done or is wrong.

        :param str field: the form that was sent
        :param act: called with the sudoed licence; returns what was done
        """
        license_sudo = self._license_get(license_id)
        if not license_sudo:
            raise request.not_found()
        try:
            with request.env.cr.savepoint():
                done = act(license_sudo)
        except UserError as error:
            return self._license_render(
                license_sudo, error=str(error), error_field=field, typed=(typed or '')[:300]
            )
        return request.redirect(f'/my/licenses/{license_id}?done={done}')

    @route('/my/licenses/<int:license_id>/key', type='jsonrpc', auth='user', readonly=True)
    def portal_license_key(self, license_id):
        """Return the key, which the page itself does not contain."""
        license_sudo = self._license_get(license_id)
        return {'key': license_sudo and license_sudo.key}

    @route(
        '/my/licenses/<int:license_id>/domain/preview', type='jsonrpc', auth='user', readonly=True
    )
    def portal_license_domain_preview(self, license_id, domain=None):
        """Tell what a change of the domain would do."""
        license_sudo = self._license_get(license_id)
        if not license_sudo:
            return {'error': {'code': 'NOT_FOUND', 'message': request.env._("Not found.")}}
        return license_sudo._preview_domain(domain)

    @route(
        '/my/licenses/<int:license_id>/domain',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_license_domain(self, license_id, domain='', **_kwargs):
        def change(license_sudo):
            is_changed = license_sudo._change_domain(domain, ip=request.httprequest.remote_addr)
            return 'domain' if is_changed else 'unchanged'

        return self._license_act(license_id, 'domain', domain, change)

    @route(
        '/my/licenses/<int:license_id>/undo',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_license_undo(self, license_id, **_kwargs):
        def undo(license_sudo):
            license_sudo._undo_domain_change(ip=request.httprequest.remote_addr)
            return 'undo'

        return self._license_act(license_id, 'domain', '', undo)

    @route(
        '/my/licenses/<int:license_id>/domains',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_license_domains(self, license_id, domain='', remove='', **_kwargs):
        """Add or remove a further domain of a licence that covers several."""

        def change(license_sudo):
            ip = request.httprequest.remote_addr
            if remove:
                license_sudo._remove_domain(remove, ip=ip)
            else:
                license_sudo._add_domain(domain, ip=ip)
            return 'domains'

        return self._license_act(license_id, 'domains', domain, change)

    @route(
        '/my/licenses/<int:license_id>/staging',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_license_staging(self, license_id, domain='', remove='', **_kwargs):
        """Add or remove a test address."""

        def change(license_sudo):
            ip = request.httprequest.remote_addr
            if remove:
                license_sudo._unbind_staging(remove, ip=ip)
            else:
                license_sudo._bind_staging(domain, ip=ip)
            return 'staging'

        return self._license_act(license_id, 'staging', domain, change)

    @route(
        '/my/licenses/<int:license_id>/auto_renew',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_license_auto_renew(self, license_id, value='', **_kwargs):
        def switch(license_sudo):
            license_sudo._set_auto_renew(value == '1', ip=request.httprequest.remote_addr)
            return 'auto_renew'

        return self._license_act(license_id, 'auto_renew', '', switch)

    @route(
        '/my/licenses/<int:license_id>/key/rotate',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_license_rotate(self, license_id, **_kwargs):
        def rotate(license_sudo):
            license_sudo._rotate_own_key()
            return 'rotate'

        return self._license_act(license_id, 'key', '', rotate)
