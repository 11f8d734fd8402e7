from babel.dates import format_skeleton

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.fields import Datetime
from odoo.http import request, route
from odoo.tools.misc import babel_locale_parse


class MemberPortal(CustomerPortal):
    @route()
    def home(self, **kw):
        """Override of `portal` to show members their number, region and agent."""
        response = super().home(**kw)
        response.qcontext.update(self._prepare_member_values())
        return response

    def _get_portal_member(self):
        """Return the member the user belongs to, itself or its company, as superuser; or none."""
        # sudo: res.partner - customers see their own membership
        partner_sudo = request.env.user.partner_id.sudo()
        member_sudo = partner_sudo if partner_sudo.is_member else partner_sudo.commercial_partner_id
        return member_sudo.filtered('is_member')

    def _prepare_member_values(self):
        member_sudo = self._get_portal_member()
        agent_sudo = member_sudo.agent_id.filtered('active')
        opening = agent_sudo and agent_sudo._get_opening()
        return {
            'member': member_sudo,
            'agent': agent_sudo,
            'agent_opening': opening,
            'agent_next_opening': opening and self._format_opening(opening, agent_sudo),
            'can_correct_region': member_sudo == request.env.user.partner_id,
        }

    def _format_opening(self, opening, agent_sudo):
        """Return weekday, day and time of the next opening, in the order of the language."""
        if not opening['next_opening']:
            return False
        tz = request.env.user.tz or agent_sudo.tz or 'UTC'
        moment = Datetime.context_timestamp(
            request.env.user.with_context(tz=tz), opening['next_opening']
        )
        locale = babel_locale_parse(request.env.lang)
        return ' '.join(format_skeleton(part, moment, locale=locale) for part in ('MMMEd', 'Hm'))

    @route('/my/region', type='http', auth='user', website=True, sitemap=False)
    def member_region(self, country_id=None, state_id=None, **kw):
        """The page on which members say where they are, which decides who serves them."""
        member_sudo = self._get_portal_member()
        if member_sudo != request.env.user.partner_id:
            return request.redirect('/my')
        country, state = self._find_place(country_id, state_id)
        values = {
            'page_name': 'member_region',
            'member': member_sudo,
            'countries': request.env['res.country'].sudo().search([]),
            'country': country or member_sudo.country_id,
            'state': state or member_sudo.state_id,
        }
        if request.httprequest.method == 'POST':
            values['error'] = self._check_place(member_sudo, country)
            if not values['error']:
                is_reassigned = member_sudo._correct_place(country, state)
                return request.redirect_query(
                    '/my', {'region': 'reassigned' if is_reassigned else 'saved'}
                )
        return request.render('aftercare_member.portal_my_region', values)

    def _find_place(self, country_id, state_id):
        """Return the country and state of the form; a state of another country is none."""
        # sudo: res.country, res.country.state - members choose theirs
        country_sudo = request.env['res.country'].sudo()
        state_sudo = request.env['res.country.state'].sudo()
        if str(country_id or '').isdecimal():
            country_sudo = country_sudo.browse(int(country_id)).exists()
        if str(state_id or '').isdecimal():
            state_sudo = state_sudo.browse(int(state_id)).exists()
        return country_sudo, state_sudo.filtered(lambda state: state.country_id == country_sudo)

    def _check_place(self, member_sudo, country):
        """Return why the member may not move to a country, or False."""
        if not country:
            return request.env._("Please choose your country.")
        if country != member_sudo.country_id and not member_sudo._can_edit_country():
            return request.env._(
                "Your country can not be changed any more since documents were issued for your "
                "account. Please contact us."
            )
        return False
