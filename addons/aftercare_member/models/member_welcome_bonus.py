import hashlib
import hmac
import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import hash_sign, mute_logger, verify_hash_signed

from ..tools.identity import canonical_email, canonical_network

_logger = logging.getLogger(__name__)

TOKEN_SCOPE = 'member-welcome-bonus'


class MemberWelcomeBonus(models.Model):
    """What a new member was given for registering, or why nothing: once per person, ever.

    Who somebody is, is kept as keyed hashes, so that a deleted account is still recognised while
    the addresses themselves are forgotten.
    """

    _name = 'member.welcome.bonus'
    _description = "Welcome Bonus"
    _inherit = ['notification.mixin']
    _order = 'id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Member", readonly=True, index='btree_not_null', ondelete='set null'
    )
    company_id = fields.Many2one('res.company', required=True, readonly=True)
    state = fields.Selection(
        [
            ('waiting', "Waiting for confirmation"),
            ('granted', "Granted"),
            ('refused', "Refused"),
            ('failed', "Failed"),
        ],
        default='waiting',
        required=True,
        readonly=True,
        index=True,
    )
    refusal = fields.Selection(
        [
            ('email', "The e-mail address had one"),
            ('phone', "The phone number had one"),
            ('ip', "Somebody at the same IP address had one lately"),
        ],
        string="Refused Because",
        readonly=True,
    )
    problem = fields.Char(readonly=True)
    gift = fields.Char(compute='_compute_gift')
    earlier_id = fields.Many2one(
        'member.welcome.bonus',
        string="Earlier Bonus",
        readonly=True,
        ondelete='set null',
        help="The bonus the person had before.",
    )
    note = fields.Char(help="Why the bonus is granted in spite of the refusal.")
    granted_date = fields.Datetime(string="Granted On", readonly=True)
    granted_by_id = fields.Many2one('res.users', string="Granted By", readonly=True)
    email_key = fields.Char(readonly=True, index='btree_not_null', groups='base.group_system')
    phone_key = fields.Char(readonly=True, index='btree_not_null', groups='base.group_system')
    ip_key = fields.Char(readonly=True, index='btree_not_null', groups='base.group_system')
    # switched off, a shared telephone does not matter
    is_phone_unique = fields.Boolean(readonly=True)
    is_override = fields.Boolean(string="Granted in Spite of It", readonly=True)

    _partner_uniq = models.UniqueIndex(
        '(partner_id) WHERE partner_id IS NOT NULL', "This member's bonus was decided already."
    )
    _email_uniq = models.UniqueIndex(
        "(email_key) WHERE state = 'granted' AND is_override IS NOT TRUE",
        "The person with this e-mail address had a welcome bonus already.",
    )
    _phone_uniq = models.UniqueIndex(
        "(phone_key) WHERE state = 'granted' AND is_phone_unique AND is_override IS NOT TRUE",
        "The person with this phone number had a welcome bonus already.",
    )

    # === COMPUTE METHODS === #

    def _compute_gift(self):
        for bonus in self:
            bonus.gift = ' + '.join(bonus._describe_gift()) or False

    # === ACTION METHODS === #

    def action_grant(self):
        """Grant refused bonuses all the same, for the reason in the note."""
        for bonus in self:
            if bonus.state != 'refused':
                raise UserError(self.env._("Only refused bonuses can be granted by hand."))
            if not (bonus.note or '').strip():
                raise UserError(self.env._("Please note why the bonus is granted all the same."))
            bonus.is_override = True
            bonus._claim()

    def action_retry(self):
        """Try again what did not work."""
        for bonus in self.filtered(lambda each: each.state == 'failed'):
            bonus._claim()

    # === BUSINESS METHODS: notification === #

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: what waits is behind the link of the mail."""
        if audience != 'customer':
            return super()._notification_get_url(partner, audience)
        return self._get_url() if self.state == 'waiting' else '/my'

    def _notification_filter_relevant(self, code):
        """Override of `aftercare_notification`: who has the bonus needs no link to it."""
        if code == 'member_bonus_waiting':
            return self.filtered(lambda each: each.state == 'waiting')
        return super()._notification_filter_relevant(code)

    # === BUSINESS METHODS: hooks === #

    @api.model
    def _prepare_offer(self, company):
        """Hook: return the values of what a company gives, empty when nothing. Addons that can
        give something add theirs."""
        return {}

    def _describe_gift(self):
        """Hook: return what is given in words, one text for each kind."""
        self.ensure_one()
        return []

    def _grant(self):
        """Hook: give what the bonus promises. Each addon gives its kind; whatever it raises takes
        back what the others gave."""
        self.ensure_one()

    # === BUSINESS METHODS: offering === #

    @api.model
    def _offer(self, partner, ip=None, is_confirmed=False):
        """Decide on the bonus of somebody who has just registered. Never raises: no registration
        fails on its bonus.

        :param str ip: where the visitor came from
        :param bool is_confirmed: whether the e-mail address is proved
        :return: the bonus, or none when there is none to have
        """
        company = partner.company_id or self.env.company
        if not company.member_bonus_active:
            return self.browse()
        try:
            with self.env.cr.savepoint():
                return self._create_offer(partner, company, ip, is_confirmed)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Welcome bonus of %s", partner)
            return self.browse()

    @api.model
    def _create_offer(self, partner, company, ip, is_confirmed):
        offer = self._prepare_offer(company)
        if not offer or self.search_count([('partner_id', '=', partner.id)], limit=1):
            return self.browse()
        bonus = self.create(
            {
                'partner_id': partner.id,
                'company_id': company.id,
                'is_phone_unique': company.member_bonus_check_phone,
                **self._get_identity(partner, ip),
                **offer,
            }
        )
        if not bonus._refuse_repetition():
            if is_confirmed or company.member_bonus_trigger == 'registration':
                bonus._claim()
            else:
                self.env['notification.event']._notify('member_bonus_waiting', bonus)
        return bonus

    @api.model
    def _get_identity(self, partner, ip=None):
        """Return by what a person is recognised, as hashes only this database can make."""
        return {
            'email_key': self._hash('email', canonical_email(partner.email_normalized)),
            'phone_key': self._hash('phone', partner.phone_sanitized),
            'ip_key': self._hash('ip', canonical_network(ip)),
        }

    @api.model
    def _hash(self, kind, text):
        if not text:
            return False
        # sudo: ir.config_parameter - the secret of the database
        secret = self.env['ir.config_parameter'].sudo().get_param('database.secret')
        return hmac.new(secret.encode(), f'{kind}:{text}'.encode(), hashlib.sha256).hexdigest()

    def _find_repetition(self):
        """Return why the person can not have a bonus and the earlier one: (refusal, bonus)."""
        self.ensure_one()
        others = Domain('id', '!=', self.id) & Domain('state', '=', 'granted')
        signs = [('email', Domain('email_key', '=', self.email_key), self.email_key)]
        if self.is_phone_unique:
            signs.append(('phone', Domain('phone_key', '=', self.phone_key), self.phone_key))
        if days := self.company_id.member_bonus_ip_days:
            since = fields.Datetime.now() - timedelta(days=days)
            near = Domain('ip_key', '=', self.ip_key) & Domain('granted_date', '>=', since)
            signs.append(('ip', near, self.ip_key))
        for refusal, domain, value in signs:
            if value and (earlier := self.search(others & domain, limit=1)):
                return refusal, earlier
        return None, self.browse()

    def _refuse_repetition(self):
        """Refuse the bonus of a person who had one before; return whether it was."""
        refusal, earlier = self._find_repetition()
        if refusal:
            self._refuse(refusal, earlier)
        return bool(refusal)

    def _refuse(self, refusal, earlier=None):
        self.write(
            {
                'state': 'refused',
                'refusal': refusal,
                'earlier_id': earlier.id if earlier else False,
                'is_override': False,
            }
        )

    # === BUSINESS METHODS: granting === #

    def _claim(self):
        """Grant the bonus unless it was granted, or the person had one meanwhile.

        :return: whether it was granted now
        """
        self.ensure_one()
        self.lock_for_update()
        if self.state == 'granted' or (not self.is_override and self._refuse_repetition()):
            return False
        try:
            # the unique indexes decide between two that are granted at the same time
            with mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                self.write(
                    {
                        'state': 'granted',
                        'refusal': False,
                        'problem': False,
                        'granted_date': fields.Datetime.now(),
                        'granted_by_id': self.env.uid if self.is_override else False,
                    }
                )
                self.flush_recordset()
                # sudo: whatever is given - the rules of the company give it, not the user
                self.sudo()._grant()
                self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self.invalidate_recordset()
            self._note_failure(error)
            return False
        self.env['notification.event']._notify('member_bonus_granted', self)
        return True

    def _note_failure(self, error):
        """Keep why a bonus could not be granted: the person got one this very moment, or else."""
        constraint = isinstance(error, UniqueViolation) and error.diag.constraint_name
        for name, refusal in (('email_uniq', 'email'), ('phone_uniq', 'phone')):
            if constraint == f'{self._table}_{name}':
                self._refuse(refusal)
                return
        if not isinstance(error, UserError):
            _logger.error("Welcome bonus of %s", self.partner_id, exc_info=error)
        self.write({'state': 'failed', 'problem': str(error)[:300]})

    # === BUSINESS METHODS: link === #

    def _get_url(self):
        """Return the address at which the member confirms the e-mail address, sent to it only."""
        self.ensure_one()
        # sudo: ir.config_parameter - the secret of the database signs the link
        token = hash_sign(self.sudo().env, TOKEN_SCOPE, [self.id, self.sudo().email_key])
        return f'{self.company_id.get_base_url()}/members/gift/{token}'

    @api.model
    def _find_by_token(self, token):
        """Return the bonus behind a link, or none; never raises."""
        try:
            # sudo: member.welcome.bonus - whoever has the link has the mailbox
            bonus_id, email_key = verify_hash_signed(self.sudo().env, TOKEN_SCOPE, token)
        except (ValueError, TypeError):
            return self.sudo().browse()
        bonus_sudo = self.sudo().browse(bonus_id).exists()
        return bonus_sudo.filtered(lambda each: each.email_key == email_key)

    # === BUSINESS METHODS: housekeeping === #

    @api.autovacuum
    def _gc_ip_key(self):
        """Forget from where members registered as soon as no decision needs it."""
        longest = max(
            self.env['res.company'].sudo().search([]).mapped('member_bonus_ip_days'), default=0
        )
        before = fields.Datetime.now() - timedelta(days=longest)
        self.sudo().search([('ip_key', '!=', False), ('create_date', '<', before)]).ip_key = False
