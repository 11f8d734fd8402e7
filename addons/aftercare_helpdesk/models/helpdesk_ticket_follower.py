from markupsafe import Markup

from odoo import models
from odoo.fields import Command


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # === FOLLOWERS AND LOG === #

    def _message_auto_subscribe(self, updated_values, followers_existing_policy='skip'):
        """Override of `mail`: new tickets get their followers all at once."""
        if self.env.context.get('aftercare_helpdesk_creating'):
            return True
        return super()._message_auto_subscribe(updated_values, followers_existing_policy)

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """Override of `mail`: the customer follows, and the rules tell the agent, not a template."""
        followers = [
            (partner_id, subtype_ids, False)
            for partner_id, subtype_ids, _template in super()._message_auto_subscribe_followers(
                updated_values, default_subtype_ids
            )
        ]
        # sudo: res.partner - the customer may be hidden from who registers his ticket
        partner = self.env['res.partner'].sudo().browse(updated_values.get('partner_id') or ())
        if partner.active and partner.email:
            external = self.env['mail.message.subtype'].default_subtypes(self._name)[2]
            followers.append((partner.id, external.ids, False))
        return followers

    def _subscribe_new(self):
        """Subscribe author, agents, customers and the teams' followers to new tickets.

        The number of queries does not depend on the number of tickets.

        :return: dict of ticket id → dict of partner id → list of ids of the subtypes he follows
        """
        if self.env.context.get('tracking_disable'):
            return {}
        # sudo: mail.followers - to subscribe them is part of creating the ticket
        Followers = self.env['mail.followers'].sudo()
        default, _internal, external = self.env['mail.message.subtype'].default_subtypes(self._name)
        wanted = self._get_team_followers()
        author = self.env.user.partner_id.sudo()
        is_following = (
            not self.env.context.get('mail_create_nosubscribe')
            and self.env.user.active
            and not self.env.user.share
        )
        tickets = self.sudo()
        tickets.user_id.fetch(['partner_id'])
        (tickets.partner_id | tickets.user_id.partner_id).fetch(
            ['active', 'email', 'partner_share']
        )
        for ticket in tickets:
            if is_following:
                wanted[ticket.id][author.id] = default.ids
            for partner in ticket.user_id.partner_id | ticket.partner_id:
                if partner.active and (partner.email or not partner.partner_share):
                    subtypes = external if partner.partner_share else default
                    wanted[ticket.id].setdefault(partner.id, subtypes.ids)
        existing = {
            (follower.res_id, follower.partner_id.id)
            for follower in Followers.search_fetch(
                [('res_model', '=', self._name), ('res_id', 'in', self.ids)],
                ['res_id', 'partner_id'],
            )
        }
        Followers.create(
            [
                {
                    'res_model': self._name,
                    'res_id': ticket_id,
                    'partner_id': partner_id,
                    'subtype_ids': [Command.set(subtype_ids)],
                }
                for ticket_id, partners in wanted.items()
                for partner_id, subtype_ids in partners.items()
                if (ticket_id, partner_id) not in existing
            ]
        )
        return wanted

    def _get_team_followers(self):
        """Return what the followers of the teams follow on the teams' tickets.

        :return: dict of ticket id → dict of partner id → list of subtype ids
        """
        result = {ticket.id: {} for ticket in self}
        if not self.team_id:
            return result
        Subtype = self.env['mail.message.subtype']
        child_ids, _default, internal_ids, parents, _relation = (
            Subtype._get_auto_subscription_subtypes(self._name)
        )
        by_team = {team.id: {} for team in self.team_id}
        for _id, team_id, partner_id, subtype_ids, is_share, is_active in (
            self.env['mail.followers']
            .sudo()
            ._get_subscription_data(
                [('helpdesk.ticket.team', self.team_id.ids)],
                None,
                include_pshare=True,
                include_active=True,
            )
        ):
            wanted = {parents.get(id_, id_) for id_ in subtype_ids if id_ in (*parents, *child_ids)}
            if is_share:
                wanted -= set(internal_ids)
            if partner_id and is_active:
                by_team[team_id][partner_id] = list(wanted)
        for ticket in self:
            result[ticket.id].update(by_team.get(ticket.team_id.id, {}))
        return result

    def _creation_subtype(self):
        """Override of `helpdesk_mgmt`: without asking the database whether it is still there."""
        return self.env['mail.message.subtype'].browse(
            self.env['ir.model.data']._xmlid_to_res_id(
                'helpdesk_mgmt.hlp_tck_created', raise_if_not_found=True
            )
        )

    def _log_creation(self, followers):
        """Note in the chatter that the tickets were created; tell who follows that of a team.

        :param dict followers: see ``_subscribe_new``
        """
        context = self.env.context
        if context.get('mail_create_nolog') or context.get('tracking_disable'):
            return
        subtype = self._creation_subtype()
        followed = self.filtered(
            lambda ticket: any(
                subtype.id in subtype_ids for subtype_ids in followers.get(ticket.id, {}).values()
            )
        )
        body = Markup('<div summary="o_mail_notification"><p>%s</p></div>')
        for ticket in followed:
            ticket.sudo().message_post(
                subtype_id=subtype.id,
                author_id=ticket._get_creation_author().id,
                body=body % ticket._creation_message(),
            )
        for author, tickets in (
            (self - followed).grouped(lambda ticket: ticket._get_creation_author()).items()
        ):
            message = tickets[:1]._creation_message()
            tickets._message_log_batch(
                bodies=dict.fromkeys(tickets.ids, message), author_id=author.id
            )

    def _get_creation_author(self):
        """Hook: the ``res.partner`` whose doing the ticket is."""
        return self.env.user.partner_id
