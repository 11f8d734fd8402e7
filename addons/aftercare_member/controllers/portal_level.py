from odoo.http import request, route

from .portal import MemberPortal

HISTORY_LIMIT = 30


class MemberLevelPortal(MemberPortal):
    """The member's level: what it gives, how far the next one is, how it came about."""

    def _prepare_member_values(self):
        values = super()._prepare_member_values()
        member_sudo = values['member']
        if member_sudo:
            # sudo: member.welcome.bonus - the member's own
            bonus_sudo = request.env['member.welcome.bonus'].sudo()
            values.update(
                {
                    'level': self._get_level_values(member_sudo),
                    'welcome_bonus': bonus_sudo.search(
                        [
                            ('partner_id', '=', member_sudo.id),
                            ('state', 'in', ('waiting', 'granted')),
                        ]
                    ),
                }
            )
        return values

    def _get_level_values(self, member_sudo):
        """Return what the card of the level shows; amounts are of the present, not of last night.

        :param member_sudo: the member, as superuser
        """
        holder_sudo = member_sudo._get_level_partner()
        grades_sudo = (
            request.env['res.partner.grade']
            .sudo()
            .search([('company_id', 'in', [False, request.env.company.id])])
        )
        grade_sudo = holder_sudo.grade_id
        places = list(grades_sudo.ids)
        place = places.index(grade_sudo.id) if grade_sudo.id in places else len(places)
        better_sudo = grades_sudo[:place].filtered('is_automatic')
        next_sudo = better_sudo[-1:]
        score = holder_sudo._get_grade_scores().get(holder_sudo.id) if next_sudo else None
        return {
            'holder': holder_sudo,
            'grade': grade_sudo,
            'until': holder_sudo.grade_until,
            'next': next_sudo,
            'steps': next_sudo._get_steps(score) if next_sudo else [],
            'grades': grades_sudo,
        }

    @route('/my/level', type='http', auth='user', website=True, readonly=True)
    def member_level(self, **_kwargs):
        """The page of all levels and of how the member's one came about."""
        member_sudo = self._get_portal_member()
        if not member_sudo:
            return request.redirect('/my')
        level = self._get_level_values(member_sudo)
        values = self._prepare_portal_layout_values() | {
            'page_name': 'member_level',
            'member': member_sudo,
            'level': level,
            # sudo: member.grade.change - the member's own
            'changes': request.env['member.grade.change']
            .sudo()
            .search([('partner_id', '=', level['holder'].id)], limit=HISTORY_LIMIT),
        }
        return request.render('aftercare_member.portal_my_level', values)

    @route('/members/gift/<token>', type='http', auth='public', website=True, sitemap=False)
    def member_gift(self, token, **_kwargs):
        """The page on which new members confirm their e-mail address and get the welcome bonus."""
        bonus_sudo = request.env['member.welcome.bonus']._find_by_token(token)
        if request.httprequest.method == 'POST' and bonus_sudo.state in ('waiting', 'failed'):
            bonus_sudo._claim()
        return request.render(
            'aftercare_member.portal_member_gift',
            {'bonus': bonus_sudo, 'token': token},
            headers={'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer'},
        )
