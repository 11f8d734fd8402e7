from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.exceptions import UserError
from odoo.http import request, route

from .portal import MemberPortal

MAX_ID = 2**31 - 1
CHILDREN_PER_PAGE = 50
INVITATION_LIMIT = 50
NO_STORE = {'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer'}


class MemberFamilyPortal(MemberPortal):
    """Members invite, see and remove their sub-members, and answer invitations themselves."""

    # === LIST === #

    @route(
        ['/my/members', '/my/members/page/<int:page>'],
        type='http',
        auth='user',
        website=True,
        readonly=True,
    )
    def portal_my_members(self, page=1, done=None, **_kwargs):
        """The sub-members of the member, and who was invited."""
        member_sudo = self._get_portal_member()
        if not member_sudo:
            return request.redirect('/my')
        return self._render_members(member_sudo, page=page, done=done)

    def _render_members(self, member_sudo, page=1, done=None, error=None, typed=None):
        Partner = member_sudo.browse()
        domain = [('member_parent_id', '=', member_sudo.id)]
        total = Partner.search_count(domain)
        pager = portal_pager(url='/my/members', total=total, page=page, step=CHILDREN_PER_PAGE)
        children_sudo = Partner.search(
            domain, order='name, id', limit=CHILDREN_PER_PAGE, offset=pager['offset']
        )
        # sudo: member.invitation - the member's own
        invitations_sudo = (
            request.env['member.invitation']
            .sudo()
            .search(
                [('partner_id', '=', member_sudo.id), ('state', '=', 'sent')],
                limit=INVITATION_LIMIT,
            )
        )
        company_sudo = member_sudo.company_id or request.env.company
        values = self._prepare_portal_layout_values() | {
            'page_name': 'member_children',
            'default_url': '/my/members',
            'member': member_sudo,
            'parent': member_sudo.member_parent_id,
            'children': children_sudo,
            'total': total,
            'orders': children_sudo._count_member_orders(),
            'active_ids': set(children_sudo.filtered('user_ids.login_date').ids),
            'invitations': invitations_sudo,
            'limit': company_sudo.member_child_limit,
            'pager': pager,
            'done': done,
            'error': error,
            'typed': typed or {},
        }
        return request.render('aftercare_member.portal_my_members', values, headers=NO_STORE)

    def _act(self, act, done, typed=None):
        """Let a function act on the member, and go back to the list, which says what was done or
        is wrong."""
        member_sudo = self._get_portal_member()
        if not member_sudo:
            raise request.not_found()
        try:
            with request.env.cr.savepoint():
                act(member_sudo)
        except UserError as error:
            return self._render_members(member_sudo, error=str(error), typed=typed)
        return request.redirect(f'/my/members?done={done}')

    # === INVITING === #

    @route('/my/members/invite', type='http', auth='user', website=True, methods=['POST'])
    def portal_member_invite(self, email='', name='', **_kwargs):
        def invite(member_sudo):
            member_sudo.env['member.invitation']._invite(member_sudo, email, name)

        typed = {'email': (email or '')[:254], 'name': (name or '')[:128]}
        return self._act(invite, 'invited', typed)

    def _find_own_invitation(self, invitation_id):
        """Return an invitation of the member, as superuser; 404 for those of others."""
        # sudo: member.invitation - looked for among the member's own ones
        invitation_sudo = (
            request.env['member.invitation']
            .sudo()
            .search(
                [
                    ('id', '=', min(invitation_id, MAX_ID)),
                    ('partner_id', '=', self._get_portal_member().id or 0),
                ]
            )
        )
        if not invitation_sudo:
            raise request.not_found()
        return invitation_sudo

    @route(
        '/my/members/invitations/<int:invitation_id>/resend',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_member_resend(self, invitation_id, **_kwargs):
        invitation_sudo = self._find_own_invitation(invitation_id)
        return self._act(lambda _member: invitation_sudo._resend(), 'resent')

    @route(
        '/my/members/invitations/<int:invitation_id>/withdraw',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_member_withdraw(self, invitation_id, **_kwargs):
        invitation_sudo = self._find_own_invitation(invitation_id)
        return self._act(lambda _member: invitation_sudo._withdraw(), 'withdrawn')

    # === LEAVING === #

    @route('/my/members/<int:child_id>/remove', type='http', auth='user', website=True)
    def portal_member_remove(self, child_id, **_kwargs):
        """Ask whether a sub-member is really to be removed, and do it."""
        member_sudo = self._get_portal_member()
        # sudo: res.partner - looked for among the member's own sub-members
        child_sudo = member_sudo.search(
            [
                ('id', '=', min(child_id, MAX_ID)),
                ('member_parent_id', '=', member_sudo.id or 0),
            ]
        )
        if not child_sudo:
            raise request.not_found()
        if request.httprequest.method == 'POST':
            return self._act(lambda _member: child_sudo._leave_member(True), 'removed')
        values = {'page_name': 'member_remove', 'child': child_sudo}
        return request.render('aftercare_member.portal_member_remove', values, headers=NO_STORE)

    @route('/my/members/leave', type='http', auth='user', website=True)
    def portal_member_leave(self, **_kwargs):
        """Ask whether the member really wants to leave the one above, and do it."""
        member_sudo = self._get_portal_member()
        if not member_sudo.member_parent_id:
            return request.redirect('/my/members')
        if request.httprequest.method == 'POST':
            return self._act(lambda member: member._leave_member(False), 'left')
        values = {'page_name': 'member_leave', 'parent': member_sudo.member_parent_id}
        return request.render('aftercare_member.portal_member_leave', values, headers=NO_STORE)

    # === ANSWERING === #

    @route('/members/invitation/<token>', type='http', auth='public', website=True, sitemap=False)
    def member_invitation(self, token, answer=None, name='', **_kwargs):
        """The page behind the link of an invitation: register, accept or decline."""
        # sudo: member.invitation - whoever has the link may answer
        invitation_sudo = request.env['member.invitation']._find_by_token(token)
        error = None
        if request.httprequest.method == 'POST' and invitation_sudo:
            try:
                with request.env.cr.savepoint():
                    if response := self._answer_invitation(invitation_sudo, answer, name):
                        return response
            except UserError as problem:
                error = str(problem)
        is_open = bool(invitation_sudo) and invitation_sudo._is_open()
        values = {
            'invitation': invitation_sudo,
            'is_open': is_open,
            'has_account': is_open and invitation_sudo._has_account(),
            'token': token,
            'guest': self._get_guest(),
            'error': error,
            'name': name or invitation_sudo.name or '',
        }
        return request.render('aftercare_member.portal_member_invitation', values, headers=NO_STORE)

    def _get_guest(self):
        """Return the customer who is logged in, as superuser; or none."""
        user = request.env.user
        if user._is_public() or not user.share:
            return user.partner_id.sudo().browse()
        return self._get_portal_member() or user.partner_id.sudo()

    def _answer_invitation(self, invitation_sudo, answer, name):
        """Do what the guest has chosen.

        :return: the response to give, none to show the page again
        """
        if answer == 'decline':
            invitation_sudo._decline()
        elif answer == 'accept':
            guest_sudo = self._get_guest()
            if not guest_sudo:
                raise UserError(request.env._("Please log in with a customer account."))
            invitation_sudo._accept(guest_sudo)
            return request.redirect('/my/members?done=joined')
        elif answer == 'register' and not invitation_sudo._has_account():
            return request.redirect(invitation_sudo._prepare_registration(name))
        return None
