from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, hash_sign, verify_hash_signed

TOKEN_SCOPE = 'member-invitation'
MIN_MINUTES_BETWEEN = 10
MAX_SENT = 5
MAX_NAME_LENGTH = 128


class MemberInvitation(models.Model):
    """A member invites somebody, by e-mail, to become his sub-member."""

    _name = 'member.invitation'
    _description = "Invitation of a Sub-member"
    _inherit = ['notification.mixin']
    _order = 'id desc'
    _rec_name = 'email'

    partner_id = fields.Many2one(
        'res.partner',
        string="Invited By",
        required=True,
        readonly=True,
        index=True,
        ondelete='cascade',
    )
    email = fields.Char(string="E-mail", required=True, readonly=True, index=True)
    name = fields.Char(readonly=True)
    lang = fields.Char(readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True)
    state = fields.Selection(
        [
            ('sent', "Sent"),
            ('accepted', "Accepted"),
            ('declined', "Declined"),
            ('withdrawn', "Withdrawn"),
        ],
        default='sent',
        required=True,
        readonly=True,
    )
    is_expired = fields.Boolean(
        string="Expired", compute='_compute_is_expired', search='_search_is_expired'
    )
    date_expiry = fields.Datetime(string="Valid Until", required=True, readonly=True)
    date_sent = fields.Datetime(string="Last Sent", readonly=True)
    date_answered = fields.Datetime(string="Answered", readonly=True)
    sent_count = fields.Integer(string="Times Sent", readonly=True)
    guest_id = fields.Many2one(
        'res.partner',
        string="Sub-member",
        readonly=True,
        index='btree_not_null',
        ondelete='set null',
        help="Who has accepted, or is about to register.",
    )

    _open_uniq = models.UniqueIndex(
        "(partner_id, email) WHERE state = 'sent'",
        "This person has been invited already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('state', 'date_expiry')
    def _compute_is_expired(self):
        now = fields.Datetime.now()
        for invitation in self:
            invitation.is_expired = invitation.state == 'sent' and invitation.date_expiry < now

    def _search_is_expired(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return Domain('state', '=', 'sent') & Domain('date_expiry', '<', fields.Datetime.now())

    # === ACTION METHODS === #

    def action_resend(self):
        """Send invitations again."""
        for invitation in self:
            invitation._resend()

    def action_withdraw(self):
        """Make the links of invitations worthless."""
        self._withdraw()

    # === BUSINESS METHODS: notification === #

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: members see their sub-members in the portal."""
        if audience == 'customer':
            return '/my/members'
        return super()._notification_get_url(partner, audience)

    # === BUSINESS METHODS: inviting === #

    @api.model
    def _invite(self, partner, email, name=''):
        """Invite somebody in the name of a member.

        :param partner: the member, as superuser
        :param str email: whatever the member typed
        :raise UserError: in the member's words
        """
        address = email_normalize(email or '')
        name = (name or '').strip()
        if not address:
            raise UserError(self.env._("Please enter a valid email address."))
        # addresses in names make our mail an advertisement sent to strangers
        if len(name) > MAX_NAME_LENGTH or '://' in name or 'www.' in name.lower():
            raise UserError(self.env._("Please enter the name of a person."))
        if address == partner.email_normalized:
            raise UserError(self.env._("You can not invite yourself."))
        if address in partner.member_child_ids.mapped('email_normalized'):
            raise UserError(self.env._("%(email)s is your sub-member already.", email=address))
        same = self.search([('partner_id', '=', partner.id), ('email', '=', address)])
        if any(each.state == 'sent' and not each.is_expired for each in same):
            raise UserError(self.env._("You have invited %(email)s already.", email=address))
        self._check_limits(partner)
        same.filtered('is_expired')._withdraw()
        same.flush_recordset()  # before the new one takes their place
        company = partner.company_id or self.env.company
        invitation = self.create(
            {
                'partner_id': partner.id,
                'email': address,
                'name': name,
                'lang': self.env.lang,
                'company_id': company.id,
                'date_expiry': self._get_new_expiry(company),
            }
        )
        invitation._send()
        return invitation

    @api.model
    def _check_limits(self, partner):
        """Keep a member from having too many sub-members, and from sending too many mails."""
        company = partner.company_id or self.env.company
        open_count = self.search_count([('partner_id', '=', partner.id), *self._get_open_domain()])
        limit = company.member_child_limit
        if limit and len(partner.member_child_ids) + open_count >= limit:
            raise UserError(
                self.env._(
                    "You can have %(count)s sub-members and invitations at most.", count=limit
                )
            )
        self._check_daily_limit(partner, company)

    @api.model
    def _check_daily_limit(self, partner, company):
        since = fields.Datetime.now() - timedelta(days=1)
        sent_count = sum(
            self.search([('partner_id', '=', partner.id), ('date_sent', '>', since)]).mapped(
                'sent_count'
            )
        )
        limit = company.member_invitation_limit
        if limit and sent_count >= limit:
            raise UserError(
                self.env._("You have sent enough invitations for today. Please go on tomorrow.")
            )

    @api.model
    def _get_open_domain(self):
        """Return the domain of the invitations that can still be accepted."""
        return Domain('state', '=', 'sent') & Domain('date_expiry', '>=', fields.Datetime.now())

    @api.model
    def _get_new_expiry(self, company):
        return fields.Datetime.now() + timedelta(days=max(1, company.member_invitation_days))

    def _resend(self):
        """Send an invitation again with a new link; the old one is worthless then."""
        self.ensure_one()
        if self.state != 'sent':
            raise UserError(self.env._("This invitation was answered or withdrawn."))
        pause = fields.Datetime.now() - timedelta(minutes=MIN_MINUTES_BETWEEN)
        if self.sent_count >= MAX_SENT or (self.date_sent and self.date_sent > pause):
            raise UserError(self.env._("This invitation was just sent. Please wait a little."))
        self._check_daily_limit(self.partner_id, self.company_id)
        self.date_expiry = self._get_new_expiry(self.company_id)
        self._send()

    def _send(self):
        """Queue the mail, and have the queue worked off soon."""
        self.ensure_one()
        self.write({'sent_count': self.sent_count + 1, 'date_sent': fields.Datetime.now()})
        # sudo: mail.template, ir.cron - members send no other mail than this one
        template_sudo = self.env.ref('aftercare_member.mail_template_member_invitation').sudo()
        template_sudo.send_mail(self.id, email_layout_xmlid='mail.mail_notification_light')
        self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()

    def _withdraw(self):
        self.filtered(lambda each: each.state == 'sent').write(
            {'state': 'withdrawn', 'date_answered': fields.Datetime.now()}
        )

    # === BUSINESS METHODS: link === #

    def _get_url(self):
        """Return the address of the page on which the invitation is answered."""
        self.ensure_one()
        # sudo: ir.config_parameter - the secret of the database signs the link
        token = hash_sign(self.sudo().env, TOKEN_SCOPE, [self.id, self.sent_count])
        base_url = self.company_id.get_base_url()
        return f'{base_url}/members/invitation/{token}'

    @api.model
    def _find_by_token(self, token):
        """Return the invitation behind a link of the last mail, or none; never raises."""
        try:
            # sudo: ir.config_parameter, member.invitation - whoever has the link may answer
            content = verify_hash_signed(self.sudo().env, TOKEN_SCOPE, token)
            invitation_id, sent_count = content
        except (ValueError, TypeError):
            return self.sudo().browse()
        invitation_sudo = self.sudo().browse(invitation_id).exists()
        return invitation_sudo.filtered(lambda each: each.sent_count == sent_count)

    def _is_open(self):
        """Tell whether an invitation can still be accepted."""
        self.ensure_one()
        return self.state == 'sent' and not self.is_expired and self.partner_id.is_member

    # === BUSINESS METHODS: answering === #

    def _check_open(self):
        if not self._is_open():
            raise UserError(self.env._("This invitation is no longer valid."))

    def _accept(self, guest):
        """Let somebody who has an account become a sub-member.

        :param guest: the member or the contact who becomes one, as superuser
        :raise UserError: in the guest's words
        """
        self.ensure_one()
        self._check_open()
        self.lock_for_update()
        guest._check_can_join(self.partner_id)
        limit = self.company_id.member_child_limit
        if limit and len(self.partner_id.member_child_ids) >= limit:
            raise UserError(
                self.env._("%(name)s can not have more sub-members.", name=self.partner_id.name)
            )
        guest._join_member(self.partner_id)
        self.write(
            {
                'state': 'accepted',
                'guest_id': guest.id,
                'date_answered': fields.Datetime.now(),
            }
        )
        self.env['notification.event']._notify('member_invitation_accepted', self)

    def _decline(self):
        self._check_open()
        self.write({'state': 'declined', 'date_answered': fields.Datetime.now()})

    def _prepare_registration(self, name):
        """Return the address of the sign-up page for somebody who has no account yet.

        The contact is made now, so that the link of the invitation proves the e-mail address and
        nobody needs to be allowed to register without an invitation.
        """
        self.ensure_one()
        self._check_open()
        name = (name or '').strip()
        if not name or len(name) > MAX_NAME_LENGTH or '://' in name or 'www.' in name.lower():
            raise UserError(self.env._("Please tell us your name."))
        if self.guest_id:
            self.guest_id.name = name
        else:
            self.guest_id = self.env['res.partner'].create(
                {
                    'name': name,
                    'email': self.email,
                    'lang': self.env.lang,
                    'company_id': self.partner_id.company_id.id,
                }
            )
        self.guest_id.signup_prepare()
        return self.guest_id.with_context(relative_url=True)._get_signup_url()

    def _has_account(self):
        """Tell whether the invited address has an account; known to whoever has the link only."""
        self.ensure_one()
        users = self.env['res.users'].with_context(active_test=False)
        escaped = self.email.replace('\\', '\\\\').replace('%', '\\%').replace('_', '\\_')
        domain = Domain('login', '=ilike', escaped) | Domain(
            'partner_id.email_normalized', '=', self.email
        )
        return bool(users.search_count(domain, limit=1))

    @api.model
    def _accept_registered(self, guest):
        """Accept the invitation by which a fresh account came about."""
        invitation = self.search([('guest_id', '=', guest.id), ('state', '=', 'sent')], limit=1)
        if invitation:
            invitation._accept(guest)
