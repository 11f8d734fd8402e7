from itertools import groupby

from odoo import fields
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.rating.models.rating_data import (
    RATING_HAPPY_VALUE,
    RATING_NEUTRAL_VALUE,
    RATING_UNHAPPY_VALUE,
)
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request, route

from .. import utils

MAX_COMMENT_LENGTH = 5000


class HelpdeskPortal(CustomerPortalHelpdesk):
    """The customer's tickets: find, follow, answer, close, reopen, rate."""

    _tickets_per_page = 20

    # === LIST === #

    @route()
    def portal_my_tickets(
        self,
        page=1,
        date_begin=None,
        date_end=None,
        sortby=None,
        filterby=None,
        search=None,
        search_in=None,
        groupby=None,
        **kw,
    ):
        """Override of `helpdesk_mgmt`: counts, finds and pages by the customer's own rights."""
        Ticket = request.env['helpdesk.ticket']
        if not Ticket.has_access('read'):
            return request.redirect('/my')
        sortings = self._ticket_get_searchbar_sortings()
        groupings = self._ticket_get_searchbar_groupby()
        inputs = self._ticket_get_searchbar_inputs()
        teams_sudo = self._ticket_get_teams()
        filters = self._ticket_get_searchbar_filters()
        sortby = sortby if sortby in sortings else 'date'
        groupby = groupby if groupby in groupings else 'none'
        search_in = search_in if search_in in inputs else 'all'
        filterby = self._ticket_get_filter(filterby, filters)
        team_sudo = teams_sudo.filtered(lambda team: str(team.id) == kw.get('team'))

        common = self._ticket_get_date_domain(date_begin, date_end)
        if search:
            common &= self._ticket_get_search_domain(search_in, search)
        if team_sudo:
            common &= Domain('team_id', '=', team_sudo.id)
        counts = {
            name: Ticket.search_count(common & Domain(values['domain']))
            for name, values in filters.items()
        }
        pager = portal_pager(
            url='/my/tickets',
            url_args={
                'date_begin': date_begin,
                'date_end': date_end,
                'sortby': sortby,
                'filterby': filterby,
                'groupby': groupby,
                'search': search,
                'search_in': search_in,
                'team': team_sudo.id or None,
            },
            total=counts[filterby],
            page=page,
            step=self._tickets_per_page,
        )
        tickets = Ticket.search(
            common & Domain(filters[filterby]['domain']),
            order=self._ticket_get_order(sortings[sortby]['order'], groupby),
            limit=self._tickets_per_page,
            offset=pager['offset'],
        )
        request.session['my_tickets_history'] = tickets.ids[:100]
        values = self._prepare_portal_layout_values()
        values.update(
            {
                'page_name': 'ticket',
                'default_url': '/my/tickets',
                'date': date_begin,
                'date_end': date_end,
                'pager': pager,
                'grouped_tickets': self._ticket_get_groups(tickets, groupby),
                'searchbar_sortings': sortings,
                'searchbar_groupby': groupings,
                'searchbar_inputs': inputs,
                'ticket_filters': filters,
                'ticket_counts': counts,
                'teams': teams_sudo,
                'team': team_sudo,
                'sortby': sortby,
                'groupby': groupby,
                'filterby': filterby,
                'search': search,
                'search_in': search_in,
            }
        )
        return request.render('aftercare_helpdesk_website.portal_my_tickets', values)

    def _ticket_get_searchbar_filters(self):
        """Return the filters of the list by name: label and domain."""
        is_open = Domain('closed', '=', False)
        return {
            'open': {'label': request.env._("Open"), 'domain': is_open},
            'waiting': {
                'label': request.env._("Waiting for you"),
                'domain': is_open
                & (
                    Domain('stage_id.is_waiting', '=', True)
                    | Domain('reply_state', '=', 'customer')
                ),
            },
            'closed': {
                'label': request.env._("Closed"),
                'domain': Domain('closed', '=', True),
            },
            'all': {'label': request.env._("All"), 'domain': Domain.TRUE},
        }

    def _ticket_get_filter(self, filterby, filters):
        """Return the name of the filter to use; the links of `helpdesk_mgmt` name a stage."""
        if filterby and filterby.isdecimal():
            stage = request.env['helpdesk.ticket.stage'].search([('id', '=', int(filterby))])
            if stage:
                filters[filterby] = {
                    'label': stage.name,
                    'domain': Domain('stage_id', '=', stage.id),
                }
        return filterby if filterby in filters else 'open'

    def _ticket_get_teams(self):
        """Return the teams that have a ticket of the customer, sudoed."""
        groups = request.env['helpdesk.ticket']._read_group([('team_id', '!=', False)], ['team_id'])
        ids = [team.id for (team,) in groups]
        # sudo: helpdesk.ticket.team - the name of a team that serves the customer
        return request.env['helpdesk.ticket.team'].sudo().browse(ids)

    def _ticket_get_date_domain(self, date_begin, date_end):
        """Return the domain of a period of days; nonsense instead of a date limits nothing."""
        domain = Domain.TRUE
        for operator, text in (('>=', date_begin), ('<=', date_end)):
            try:
                date = text and fields.Datetime.to_datetime(text)
            except ValueError:
                continue
            if date and operator == '<=' and len(text) <= 10:
                date = date.replace(hour=23, minute=59, second=59)
            if date:
                domain &= Domain('create_date', operator, date)
        return domain

    def _ticket_get_searchbar_inputs(self):
        inputs = super()._ticket_get_searchbar_inputs()
        inputs['description'] = {
            'input': 'description',
            'label': request.env._("Search in Text"),
            'order': 4,
        }
        return inputs

    def _ticket_get_search_domain(self, search_in, search):
        """Override of `helpdesk_mgmt`: every word must occur."""
        return request.env['helpdesk.ticket']._get_website_search_domain(search_in, search)

    def _ticket_get_searchbar_groupby(self):
        groupings = super()._ticket_get_searchbar_groupby()
        groupings['team'] = {'input': 'team', 'label': request.env._("Team"), 'order': 4}
        return groupings

    def _ticket_get_groupby_mapping(self):
        return super()._ticket_get_groupby_mapping() | {'team': 'team_id'}

    def _ticket_get_groups(self, tickets, groupby_name):
        """Return pairs of the record to group by and its tickets, in order, sudoed."""
        # sudo: helpdesk.ticket - found by the customer's rights; shows names of team and category
        tickets_sudo = tickets.sudo()
        field_name = self._ticket_get_groupby_mapping().get(groupby_name)
        if not field_name:
            return [(None, tickets_sudo)] if tickets_sudo else []
        return [
            (group, tickets_sudo.browse().concat(*members))
            for group, members in groupby(tickets_sudo, lambda ticket: ticket[field_name])
        ]

    # === ONE TICKET === #

    @route()
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        """Override of `helpdesk_mgmt`: using the mailed link proves the sender's address."""
        response = super().portal_my_ticket(ticket_id, access_token=access_token, **kw)
        ticket_sudo = getattr(response, 'qcontext', {}).get('ticket')
        if ticket_sudo and ticket_sudo.is_sender_unverified and access_token:
            user = request.env.user
            if user._is_public() or user.partner_id == ticket_sudo.partner_id:
                ticket_sudo.is_sender_unverified = False
        return response

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        partner = self._ticket_get_actor(ticket)
        return values | {
            'is_visitor': request.env.user._is_public(),
            'no_breadcrumbs': request.env.user._is_public(),
            'steps': ticket._get_website_stages(),
            'expected_answer': ticket._get_website_expected_answer(),
            'attachments': ticket._get_website_attachments(),
            'closing_stages': ticket._get_customer_stages(),
            'can_reopen': ticket._can_reopen_from_website(),
            'can_rate': self._ticket_can_rate(ticket, partner),
            'rating': ticket._get_website_rating(partner),
            'rating_values': self._ticket_get_rating_values(),
            'done': kwargs.get('done'),
        }

    def _ticket_get_actor(self, ticket_sudo):
        """Return who acts on a page: the user's partner, the customer when a link was used."""
        user = request.env.user
        return ticket_sudo.partner_id if user._is_public() else user.partner_id

    def _ticket_can_rate(self, ticket_sudo, partner):
        """Tell whether somebody may rate: customers, once their ticket is closed."""
        is_customer = not request.env.user._is_internal() or partner == ticket_sudo.partner_id
        return bool(
            is_customer
            and partner
            and ticket_sudo.user_id
            and ticket_sudo.closed
            and not ticket_sudo.is_cancelled
        )

    def _ticket_get_rating_values(self):
        return [
            (RATING_HAPPY_VALUE, request.env._("Satisfied")),
            (RATING_NEUTRAL_VALUE, request.env._("Okay")),
            (RATING_UNHAPPY_VALUE, request.env._("Dissatisfied")),
        ]

    def _ticket_act(self, ticket_id, access_token, act):
        """Check the access, let a function act, and go back to the ticket's page.

        :param act: called with the sudoed ticket and the acting partner; returns what was done
        """
        try:
            ticket_sudo = self._document_check_access(
                'helpdesk.ticket', ticket_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect('/my')
        done = act(ticket_sudo, self._ticket_get_actor(ticket_sudo))
        token = f'access_token={access_token}&' if access_token else ''
        return request.redirect(f'{ticket_sudo.access_url}?{token}done={done}#ticket')

    @route(
        '/my/ticket/<int:ticket_id>/close',
        type='http',
        auth='public',
        website=True,
        methods=['POST'],
    )
    def portal_ticket_close(self, ticket_id, access_token=None, stage_id=None, **_kwargs):
        def close(ticket_sudo, partner):
            stages = ticket_sudo._get_customer_stages()
            stage = stages.filtered(lambda stage: str(stage.id) == stage_id)
            if not stage:
                return 'refused'
            return 'closed' if ticket_sudo._close_from_website(partner, stage) else 'asked'

        return self._ticket_act(ticket_id, access_token, close)

    @route(
        '/my/ticket/<int:ticket_id>/reopen',
        type='http',
        auth='public',
        website=True,
        methods=['POST'],
    )
    def portal_ticket_reopen(self, ticket_id, access_token=None, reason='', **_kwargs):
        def reopen(ticket_sudo, partner):
            if not ticket_sudo._can_reopen_from_website():
                return 'refused'
            text = utils.clean_text(reason)[:MAX_COMMENT_LENGTH]
            if not text:
                return 'unsaid'
            ticket_sudo._reopen_from_website(partner, text)
            return 'reopened'

        return self._ticket_act(ticket_id, access_token, reopen)

    @route(
        '/my/ticket/<int:ticket_id>/rate',
        type='http',
        auth='public',
        website=True,
        methods=['POST'],
    )
    def portal_ticket_rate(self, ticket_id, access_token=None, rate=None, feedback='', **_kwargs):
        def rate_ticket(ticket_sudo, partner):
            values = {str(value): value for value, _label in self._ticket_get_rating_values()}
            if rate not in values or not self._ticket_can_rate(ticket_sudo, partner):
                return 'refused'
            text = utils.clean_text(feedback)[:MAX_COMMENT_LENGTH]
            ticket_sudo._rate_from_website(partner, values[rate], text)
            return 'rated'

        return self._ticket_act(ticket_id, access_token, rate_ticket)
