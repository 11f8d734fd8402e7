import re

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

EMAIL = re.compile(r'[\w.+-]+@[\w-]+(?:\.[\w-]+)+')
PHONE = re.compile(r'(?<![\w@.])\+?\d[\d ()/.-]{5,18}\d(?![\w@])')
HISTORY_LENGTH = 5


class DiscussChannel(models.Model):
    _inherit = 'discuss.channel'

    customer_id = fields.Many2one(
        comodel_name='res.partner',
        readonly=True,
        index='btree_not_null',
        groups='base.group_user',
        ondelete='set null',
    )
    customer_source = fields.Selection(
        selection=[
            ('account', "Signed in"),
            ('email', "Gave this e-mail address"),
            ('phone', "Gave this phone number"),
            ('agent', "Chosen by an agent"),
        ],
        string="Known By",
        readonly=True,
        groups='base.group_user',
        help="Only who has signed in is certainly the customer.",
    )
    visitor_email = fields.Char(string="E-mail Given", readonly=True, groups='base.group_user')
    visitor_phone = fields.Char(string="Phone Given", readonly=True, groups='base.group_user')

    # === FIND === #

    def _message_post_after_hook(self, message, msg_vals):
        """Override of `im_livechat`: learn from what a guest writes who he may be."""
        result = super()._message_post_after_hook(message, msg_vals)
        if message.author_guest_id and message.message_type == 'comment':
            # sudo: discuss.channel - the guest never gets to know whom we take him for
            chat_sudo = self.sudo()
            if chat_sudo.helpdesk_team_id and not chat_sudo.customer_id:
                chat_sudo._learn(html2plaintext(message.body or ''))
        return result

    def _learn(self, text):
        """Note address and number a guest has written, and find the customer they belong to."""
        email = EMAIL.search(text)
        phone = PHONE.search(text)
        vals = {}
        if email and email_normalize(email[0]):
            vals['visitor_email'] = email_normalize(email[0])
        if phone:
            vals['visitor_phone'] = phone[0].strip()
        if vals:
            self.write(vals)
            self._find_customer()

    def _find_customer(self, sources=('email', 'phone')):
        """Link the chat to the customer of the address or number given, if there is one.

        What is given is not proven: it shows the agent a card, and the guest nothing. Colleagues
        are no customers.

        :param sources: what may find him
        """
        self.ensure_one()
        for source, domain in (
            ('email', self.visitor_email and [('email_normalized', '=', self.visitor_email)]),
            ('phone', self.visitor_phone and [('phone_mobile_search', '=', self.visitor_phone)]),
        ):
            if source not in sources or not domain:
                continue
            partner = self.env['res.partner'].search(
                Domain(domain) & self._get_customer_domain(), order='id', limit=1
            )
            if partner:
                self.write({'customer_id': partner.id, 'customer_source': source})
                return

    def _get_customer_domain(self):
        """Return who may be the customer of a chat."""
        company = self.helpdesk_team_id.company_id
        return Domain('partner_share', '=', True) & (
            Domain('company_id', 'in', [False, company.id])
            if company
            else Domain('company_id', '=', False)
        )

    def _create_customer(self, name):
        """Make a customer of a visitor who has left a message, as the mail gateway does."""
        self.ensure_one()
        if not self.visitor_email:
            return
        self.write(
            {
                'customer_id': self.env['res.partner']
                .create(
                    {
                        'name': name or self.visitor_email,
                        'email': self.visitor_email,
                        'phone': self.visitor_phone,
                        'lang': self.livechat_lang_id.code or self.env.lang,
                    }
                )
                .id,
                'customer_source': 'email',
            }
        )

    # === CARD === #

    @api.readonly
    def get_helpdesk_card(self):
        """Return what the panel beside the chat shows to the agent.

        :return: dict with ``customer`` (see ``helpdesk.ticket.get_customer_card``, None if
            unknown or hidden), ``source``, ``is_verified``, ``email``, ``phone``, ``ticket``,
            ``team``, ``region``, ``can_serve``, ``has_assignment`` and ``history``
        """
        self.ensure_one()
        self.check_access('read')
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only agents of the helpdesk may do this."))
        # sudo: discuss.channel - what is known of the chat, for who may read it
        chat = self.sudo()
        source = chat.customer_source
        labels = dict(self._fields['customer_source']._description_selection(self.env))
        return {
            **self._get_chat_info(),
            'customer': self._get_card_of_customer(),
            'customer_name': chat.customer_id.name or '',
            'source': labels.get(source, ''),
            'is_verified': source in ('account', 'agent'),
            'email': chat.visitor_email or '',
            'phone': chat.visitor_phone or '',
            'team': chat.helpdesk_team_id.name or '',
            'region': chat.service_region_id.display_name or '',
            'is_waiting': chat.queue_state == 'waiting' and not chat.livechat_end_dt,
            'is_ended': bool(chat.livechat_end_dt),
            'can_serve': self._can_serve(),
            'history': self._get_card_history(),
        }

    def _can_serve(self):
        try:
            self._check_can_serve()
        except AccessError:
            return False
        return True

    def _get_card_of_customer(self):
        """Return the card of the customer, None if there is none the user may read."""
        partner = self.sudo().customer_id.with_env(self.env)
        Ticket = self.env['helpdesk.ticket']
        if not partner or not partner.has_access('read') or not Ticket.has_access('read'):
            return None
        return Ticket.get_customer_card(partner.id, self.sudo().helpdesk_ticket_id.id)

    def _get_card_history(self):
        """Return who was given the chat and why, the last one first."""
        # sudo: service.assignment - the reasons, for who may read the chat
        assignments = (
            self.env['service.assignment']
            .sudo()
            .search(
                [('res_model', '=', self._name), ('res_id', '=', self.id)], limit=HISTORY_LENGTH
            )
        )
        return [
            {
                'id': assignment.id,
                'agent': assignment.agent_id.name or '',
                'user_id': assignment.agent_id.user_id.id,
                'date': fields.Datetime.to_string(assignment.date),
                'reason': assignment.reason,
            }
            for assignment in assignments
        ]

    def set_chat_customer(self, partner_id):
        """Say who the visitor is; what the agent found out by talking to him.

        :param int partner_id: a ``res.partner`` the agent may read
        """
        self._check_can_serve()
        partner = self.env['res.partner'].browse(partner_id).exists()
        partner.check_access('read')
        # sudo: discuss.channel, helpdesk.ticket - agents may not write to chats; the ticket
        # follows as long as it has no customer
        chat = self.sudo()
        chat.write({'customer_id': partner.id, 'customer_source': 'agent' if partner else False})
        if partner and not chat.helpdesk_ticket_id.partner_id:
            chat.helpdesk_ticket_id.partner_id = partner
        return True
