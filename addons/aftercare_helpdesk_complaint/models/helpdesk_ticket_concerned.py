from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_list


class HelpdeskTicket(models.Model):
    """Complaints stay with others than the agents concerned."""

    _inherit = 'helpdesk.ticket'

    # === CONSTRAINT METHODS === #

    @api.constrains('user_id', 'complaint_agent_ids', 'type_id')
    def _check_complaint_user_id(self):
        for ticket in self.sudo():
            if ticket.user_id in ticket._get_concerned():
                raise ValidationError(
                    self.env._(
                        "%(agent)s is the agent concerned by %(number)s and cannot handle it:"
                        " choose somebody else.",
                        agent=ticket.user_id.name,
                        number=ticket.number,
                    )
                )

    # === WHO IS CONCERNED === #

    def _get_concerned(self):
        """Return the ``res.users`` the complaints are about; none for other tickets."""
        # sudo: helpdesk.ticket - customers and mail read no names of those concerned
        complaints = self.sudo().filtered(lambda ticket: ticket.ticket_kind == 'complaint')
        return complaints.complaint_agent_ids

    def _get_users_kept_out(self):
        """Override of `aftercare_helpdesk`: not those the complaints are about."""
        return super()._get_users_kept_out() | self._get_concerned()

    def _prepare_part(self):
        """Override of `aftercare_helpdesk`: a part of a complaint is about the same work."""
        return {
            **super()._prepare_part(),
            'complaint_ticket_id': self.complaint_ticket_id.id,
            'complaint_agent_ids': [Command.set(self._get_concerned().ids)],
        }

    @api.model
    def _get_concerned_from_values(self, vals):
        """Return the ``res.users`` concerned by a complaint that is about to be created."""
        commands = vals.get('complaint_agent_ids')
        if not commands:
            return self.env['res.users']
        return self.sudo().new({'complaint_agent_ids': commands}).complaint_agent_ids._origin

    def _add_concerned(self, vals):
        """Return the values of a write with the agent of the ticket complained about.

        :param dict vals: with ``complaint_ticket_id``
        """
        # sudo: helpdesk.ticket - who had the ticket, whoever complains about it
        user = self.sudo().browse(vals['complaint_ticket_id'] or ()).user_id
        if not user or self.sudo().complaint_agent_ids:
            return vals
        return {**vals, 'complaint_agent_ids': [Command.set(user.ids)]}

    def _keep_out_concerned(self):
        """Take from the agents concerned whatever has reached them of the complaints.

        The record rule hides the complaints themselves; who was told of a message could read it.
        """
        # sudo: helpdesk.ticket, mail.* - it does not depend on the rights of who complains
        for ticket in self.sudo():
            users = ticket._get_concerned()
            if not users:
                continue
            self.env.registry.clear_cache()
            partners = users.partner_id
            ticket.message_unsubscribe(partners.ids)
            ticket.activity_ids.filtered(lambda activity, u=users: activity.user_id in u).unlink()
            messages = self.env['mail.message'].sudo()
            messages = messages.search(
                Domain('model', '=', self._name)
                & Domain('res_id', '=', ticket.id)
                & (
                    Domain('partner_ids', 'in', partners.ids)
                    | Domain('notification_ids.res_partner_id', 'in', partners.ids)
                )
            )
            messages.write({'partner_ids': [Command.unlink(partner.id) for partner in partners]})
            messages.notification_ids.filtered(
                lambda notification, p=partners: notification.res_partner_id in p
            ).unlink()

    # === FOLLOWERS AND MESSAGES === #

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        """Override of `mail`: an agent concerned does not follow the complaint."""
        barred = self._get_concerned().partner_id.ids
        if barred and not set(barred).isdisjoint(partner_ids or ()):
            for ticket in self:
                barred = set(ticket._get_concerned().partner_id.ids)
                if allowed := [id_ for id_ in partner_ids if id_ not in barred]:
                    super(HelpdeskTicket, ticket)._message_subscribe(
                        allowed, subtype_ids, customer_ids=customer_ids
                    )
            return True
        return super()._message_subscribe(partner_ids, subtype_ids, customer_ids=customer_ids)

    def _message_create(self, values_list):
        """Override of `mail`: an agent concerned is no recipient, even if he is mentioned."""
        barred = {
            ticket.id: set(users.partner_id.ids)
            for ticket in self
            if (users := ticket._get_concerned())
        }
        if barred:
            values_list = [
                {
                    **values,
                    'partner_ids': [
                        id_
                        for id_ in values.get('partner_ids') or []
                        if id_ not in barred.get(values.get('res_id'), ())
                    ],
                }
                for values in values_list
            ]
        return super()._message_create(values_list)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail`: nor is he told of a message."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        barred = self._get_concerned().partner_id.ids
        return [values for values in recipients if values['id'] not in barred]

    def _notification_get_recipients(self, audience):
        """Override of `aftercare_helpdesk`: nor of an event, even if he leads the team."""
        recipients = super()._notification_get_recipients(audience)
        if audience == 'customer':
            return recipients
        return {
            ticket.id: recipients.get(ticket.id, self.env['res.partner'])
            - ticket._get_concerned().partner_id
            for ticket in self
        }

    # === ASSIGNMENT === #

    @api.model
    def _prepare_request_from_values(self, vals, agents):
        """Override of `aftercare_helpdesk`: the rule does not choose the agent concerned."""
        request = super()._prepare_request_from_values(vals, agents)
        return self._exclude_concerned(request, self._get_concerned_from_values(vals))

    @api.model
    def _exclude_concerned(self, request, users):
        """Return a request to the assignment engine without the agents concerned.

        :param dict request: see ``helpdesk.ticket.team._prepare_assignment_request``
        :param users: the ``res.users`` concerned
        """
        agents = (request['agents'] | request['leader']) if users else request['agents'].browse()
        barred = agents.filtered(lambda agent: agent.user_id in users)
        if not barred:
            return request
        return {
            **request,
            'agents': request['agents'] - barred,
            'leader': request['leader'] - barred,
            'note': self.env._(
                "Left out, being concerned by the complaint: %(agents)s.",
                agents=format_list(self.env, barred.mapped('name')),
            ),
        }

    def _schedule_unserved(self):
        """Override of `aftercare_helpdesk`: a leader who is concerned is not asked."""
        asked = self.filtered(
            lambda ticket: ticket.team_id.sudo().user_id not in ticket._get_concerned()
        )
        return super(HelpdeskTicket, asked)._schedule_unserved()
