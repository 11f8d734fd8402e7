from werkzeug.exceptions import NotFound

from odoo.fields import Domain
from odoo.http import Controller, request, route


def sitemap_ratings(env, rule, query):
    """Yield the address of each published page."""
    domain = env['helpdesk.ticket.team']._get_rating_page_domain(
        env['website'].get_current_website()
    )
    for team_sudo in env['helpdesk.ticket.team'].sudo().search(domain):
        if not query or query.lower() in team_sudo.rating_page_url:
            yield {'loc': team_sudo.rating_page_url}


class HelpdeskRating(Controller):
    """The public page that tells how satisfied the customers of a team are."""

    @route(
        '/helpdesk/<string:slug>/ratings',
        type='http',
        auth='public',
        website=True,
        methods=['GET'],
        readonly=True,
        sitemap=sitemap_ratings,
    )
    def helpdesk_ratings(self, slug, **_kwargs):
        # sudo: helpdesk.ticket.team - visitors see what is published of a team, nothing else
        Team_sudo = request.env['helpdesk.ticket.team'].sudo()
        domain = Team_sudo._get_rating_page_domain(request.env['website'].get_current_website())
        team_sudo = Team_sudo.search(Domain('website_slug', '=', slug) & domain, limit=1)
        if not team_sudo:
            raise NotFound
        return request.render(
            'aftercare_helpdesk_rating.rating_page',
            {'team': team_sudo, **team_sudo._prepare_rating_page()},
        )
