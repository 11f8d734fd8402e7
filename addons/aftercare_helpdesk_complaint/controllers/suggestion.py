from werkzeug.exceptions import NotFound
from werkzeug.urls import url_quote

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.fields import Domain
from odoo.http import Controller, request, route
from odoo.tools.translate import LazyTranslate

from ..models.helpdesk_ticket_suggestion import ORDERS

_lt = LazyTranslate(__name__)

PER_PAGE = 20
MAX_SEARCH = 100


def sitemap_suggestions(env, rule, query):
    """Yield the address of each published suggestion."""
    Ticket_sudo = env['helpdesk.ticket'].sudo()
    domain = Ticket_sudo._get_public_suggestion_domain(env['website'].get_current_website())
    for ticket in Ticket_sudo.search(domain):
        url = f'/suggestions/{ticket.id}'
        if not query or query.lower() in url:
            yield {'loc': url}


class HelpdeskSuggestion(Controller):
    """What customers suggest, as far as an employee has published it: look, search, vote."""

    @route(
        ['/suggestions', '/suggestions/page/<int:page>'],
        type='http',
        auth='public',
        website=True,
        methods=['GET'],
        readonly=True,
        list_as_website_content=_lt("Suggestions"),
    )
    def suggestions(self, page=1, sortby='votes', state='all', search='', **_kwargs):
        states = self._get_states()
        sortings = {'votes': request.env._("Most wanted"), 'newest': request.env._("Newest")}
        sortby = sortby if sortby in sortings else 'votes'
        state = state if state in states else 'all'
        search = (search or '')[:MAX_SEARCH].strip()
        published = self._get_domain()
        domain = published
        if state != 'all':
            domain &= Domain('suggestion_state', '=', state)
        if search:
            domain &= request.env['helpdesk.ticket']._get_public_search_domain(search)
        Ticket_sudo = self._get_model_sudo()
        query = {'sortby': sortby, 'state': state, 'search': search}
        pager = portal_pager(
            url='/suggestions',
            url_args=query,
            total=Ticket_sudo.search_count(domain),
            page=page,
            step=PER_PAGE,
        )
        tickets_sudo = Ticket_sudo.search(
            domain, order=ORDERS[sortby], limit=PER_PAGE, offset=pager['offset']
        )
        return request.render(
            'aftercare_helpdesk_complaint.suggestions',
            {
                'suggestions': tickets_sudo._prepare_public_suggestions(request.env.user),
                'is_empty': not tickets_sudo and not Ticket_sudo.search_count(published, limit=1),
                'pager': pager,
                'states': states,
                'sortings': sortings,
                'suggest_url': self._get_suggest_url(),
                'is_visitor': request.env.user._is_public(),
                **query,
            },
        )

    @route(
        '/suggestions/<int:suggestion_id>',
        type='http',
        auth='public',
        website=True,
        methods=['GET'],
        readonly=True,
        sitemap=sitemap_suggestions,
    )
    def suggestion(self, suggestion_id, **_kwargs):
        [suggestion] = self._find(suggestion_id)._prepare_public_suggestions(request.env.user)
        return request.render(
            'aftercare_helpdesk_complaint.suggestion',
            {'suggestion': suggestion, 'is_visitor': request.env.user._is_public()},
        )

    @route(
        '/suggestions/<int:suggestion_id>/vote',
        type='http',
        auth='public',
        website=True,
        methods=['POST'],
        sitemap=False,
    )
    def suggestion_vote(self, suggestion_id, vote='1', back='', **_kwargs):
        ticket_sudo = self._find(suggestion_id)
        user = request.env.user
        url = f'/suggestions/{ticket_sudo.id}'
        if user._is_public():
            return request.redirect(f'/web/login?redirect={url_quote(url)}')
        if vote == '1':
            ticket_sudo._vote(user)
        else:
            ticket_sudo._unvote(user)
        # Only to a page of ours
        is_list = back == '/suggestions' or back.startswith(('/suggestions?', '/suggestions/page/'))
        return request.redirect(f'{back}#suggestion_{ticket_sudo.id}' if is_list else url)

    def _get_model_sudo(self):
        # sudo: helpdesk.ticket - searched by the domain of what is published, shown by its
        # public title and text alone
        return request.env['helpdesk.ticket'].sudo()

    def _get_domain(self):
        website = request.env['website'].get_current_website()
        return self._get_model_sudo()._get_public_suggestion_domain(website)

    def _find(self, suggestion_id):
        """Return a published suggestion, sudoed.

        :raise NotFound: for any other ticket
        """
        if suggestion_id >= 2**31:
            raise NotFound
        ticket_sudo = self._get_model_sudo().search(
            Domain('id', '=', suggestion_id) & self._get_domain()
        )
        if not ticket_sudo:
            raise NotFound
        return ticket_sudo

    def _get_states(self):
        field = request.env['helpdesk.ticket']._fields['suggestion_state']
        return {'all': request.env._("All"), **dict(field._description_selection(request.env))}

    def _get_suggest_url(self):
        """Return the address of the form by which a suggestion is made, None without any."""
        # sudo: helpdesk.ticket.team - visitors see what is published of a team, nothing else
        Team_sudo = request.env['helpdesk.ticket.team'].sudo()
        domain = Team_sudo._get_website_form_domain(request.env['website'].get_current_website())
        for team_sudo in Team_sudo.search(domain):
            types = team_sudo._get_website_types()
            if suggestion_type := types.filtered(lambda one: one.kind == 'suggestion')[:1]:
                return f'{team_sudo.website_url}?type={suggestion_type.id}'
        return None
