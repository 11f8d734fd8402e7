from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.errors import WalletError

# What decides where the money goes; a change starts the waiting time again.
TARGET_FIELDS = {'kind', 'holder', 'number', 'bank_name', 'bank_branch', 'bank_code'}
PROTECTED_FIELDS = {'is_verified', 'verified_by_id', 'verified_at', 'changed_at', 'changed_by_id'}
MAX_PAYEES = 10
TAIL = 4


class WalletPayee(models.Model):
    """An account of a customer that withdrawals are paid out to."""

    _name = 'wallet.payee'
    _description = 'Payee'
    _inherit = ['mail.thread', 'notification.mixin']
    _order = 'partner_id, id desc'

    partner_id = fields.Many2one(
        'res.partner',
        string="Customer",
        required=True,
        index=True,
        ondelete='cascade',
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        [('bank', "Bank"), ('alipay', "Alipay"), ('wechat', "WeChat"), ('other', "Other")],
        required=True,
        default='bank',
    )
    holder = fields.Char(string="Account Holder", required=True, tracking=True)
    number = fields.Char(
        string="Account Number",
        required=True,
        copy=False,
        groups='aftercare_wallet.aftercare_wallet_group_user',
    )
    number_masked = fields.Char(
        string="Account", compute='_compute_number_masked', store=True, tracking=True
    )
    bank_name = fields.Char(string="Bank Name", tracking=True)
    bank_branch = fields.Char(string="Branch")
    bank_code = fields.Char(string="Bank Code", help="BIC, CNAPS or what else your bank needs.")
    active = fields.Boolean(default=True)
    is_verified = fields.Boolean(string="Verified", readonly=True, copy=False, tracking=True)
    verified_by_id = fields.Many2one('res.users', readonly=True, copy=False, ondelete='restrict')
    verified_at = fields.Datetime(readonly=True, copy=False)
    changed_at = fields.Datetime(string="Last Change", readonly=True, copy=False)
    changed_by_id = fields.Many2one('res.users', readonly=True, copy=False, ondelete='restrict')
    usable_from = fields.Datetime(compute='_compute_usable_from')
    is_cooling = fields.Boolean(compute='_compute_usable_from')
    withdrawal_count = fields.Integer(compute='_compute_withdrawal_count')

    # === COMPUTE METHODS === #
    @api.depends('number')
    def _compute_number_masked(self):
        # sudo: wallet.payee - the masked number is for those who may not see the whole
        for payee, payee_sudo in zip(self, self.sudo(), strict=True):
            payee.number_masked = self._mask(payee_sudo.number)

    @api.depends('changed_at', 'company_id.wallet_payee_cooling_hours')
    def _compute_usable_from(self):
        now = fields.Datetime.now()
        for payee in self:
            # sudo: res.company - customers may know how long they wait
            hours = payee.sudo().company_id.wallet_payee_cooling_hours
            payee.usable_from = (payee.changed_at or now) + timedelta(hours=hours)
            payee.is_cooling = payee.usable_from > now

    def _compute_withdrawal_count(self):
        counts = dict(
            self.env['wallet.withdrawal']._read_group(
                [('payee_id', 'in', self.ids)], ['payee_id'], ['__count']
            )
        )
        for payee in self:
            payee.withdrawal_count = counts.get(payee, 0)

    @api.depends('kind', 'holder', 'number_masked', 'bank_name')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for payee in self:
            where = payee.bank_name or kinds.get(payee.kind, '')
            payee.display_name = ' · '.join(filter(None, [where, payee.number_masked]))

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._clean_values(vals) for vals in vals_list]
        for vals in vals_list:
            vals |= {'changed_at': fields.Datetime.now(), 'changed_by_id': self.env.uid}
        payees = super().create(vals_list)
        payees._check_target()
        payees._notify_changed()
        return payees

    def write(self, vals):
        vals = self._clean_values(vals)
        is_change = any(
            (payee[name] or False) != (vals[name] or False)
            for payee in self
            for name in TARGET_FIELDS & vals.keys()
        )
        if is_change:
            vals |= {
                'changed_at': fields.Datetime.now(),
                'changed_by_id': self.env.uid,
                'is_verified': False,
                'verified_by_id': False,
                'verified_at': False,
            }
        result = super().write(vals)
        if is_change:
            self._check_target()
            self._notify_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_unused(self):
        if any(payee.withdrawal_count for payee in self):
            raise UserError(
                self.env._("This account was withdrawn to: please archive it, its history stays.")
            )

    def _clean_values(self, vals):
        """Return the values without what only methods decide, and without stray blanks."""
        vals = dict(vals)
        if not self.env.su:
            for name in PROTECTED_FIELDS:
                vals.pop(name, None)
        for name in TARGET_FIELDS - {'kind'}:
            if isinstance(vals.get(name), str):
                vals[name] = ' '.join(vals[name].split())
        if vals.get('partner_id'):
            partner = self.env['res.partner'].browse(vals['partner_id'])
            vals['partner_id'] = partner.commercial_partner_id.id
        return vals

    # === ACTION METHODS === #
    def action_verify(self):
        """Say that the account belongs to the customer; not by the one who typed it."""
        self._check_staff()
        for payee in self:
            if payee.changed_by_id == self.env.user:
                raise UserError(
                    self.env._("Somebody else must verify the account that you have entered.")
                )
        # sudo: wallet.payee - who verified what is written by this method only
        self.sudo().write(
            {
                'is_verified': True,
                'verified_by_id': self.env.uid,
                'verified_at': fields.Datetime.now(),
            }
        )

    def action_view_withdrawals(self):
        """Open the withdrawals to this account."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_wallet.wallet_withdrawal_action'
        )
        return action | {'domain': [('payee_id', '=', self.id)], 'context': {'create': False}}

    # === BUSINESS METHODS === #
    @api.model
    def _add(self, partner, values, company=None):
        """Add an account for a customer, as he typed it.

        :param partner: whose wallet it is for
        :param dict values: kind, holder, number, bank_name, bank_branch, bank_code
        :return: the new ``wallet.payee``, sudoed
        :raises WalletError: when something is missing or there are too many
        """
        # sudo: wallet.payee - customers add their own accounts through the portal
        payees_sudo = self.sudo()
        partner = partner.commercial_partner_id
        company = company or self.env.company
        known = payees_sudo.search(
            [('partner_id', '=', partner.id), ('company_id', '=', company.id)]
        )
        if len(known) >= MAX_PAYEES:
            raise WalletError(
                self.env._("You have %(count)s accounts. Please remove one.", count=MAX_PAYEES),
                'LIMIT_EXCEEDED',
            )
        values = {name: value for name, value in values.items() if name in TARGET_FIELDS}
        if values.get('kind') not in dict(self._fields['kind'].selection):
            raise WalletError(self.env._("Please choose the kind of account."), 'BAD_PAYEE')
        return payees_sudo.create({**values, 'partner_id': partner.id, 'company_id': company.id})

    def _check_target(self):
        """Refuse accounts that can not be paid to."""
        # sudo: wallet.payee - checks what the customer typed
        for payee in self.sudo():
            number = ''.join((payee.number or '').split())
            if not (payee.holder or '').strip() or len(number) < TAIL + 1 or len(number) > 64:
                raise WalletError(
                    self.env._("Please give the name of the holder and the whole number."),
                    'BAD_PAYEE',
                )
            if payee.kind == 'bank' and not payee.bank_name:
                raise WalletError(self.env._("Please give the name of the bank."), 'BAD_PAYEE')

    def _check_usable(self):
        """Refuse an account that was changed a short time ago.

        Who breaks into an account enters his own payee first; its owner hears of it and has some
        time to act.

        :raises WalletError: ``PAYEE_COOLING``
        """
        self.ensure_one()
        if self.is_cooling:
            moment = fields.Datetime.context_timestamp(self, self.usable_from)
            raise WalletError(
                self.env._(
                    "This account is new or was changed. It can be withdrawn to from %(moment)s.",
                    moment=moment.strftime('%Y-%m-%d %H:%M'),
                ),
                'PAYEE_COOLING',
            )

    def _check_staff(self):
        if not self.env.su:
            self.check_access('write')

    def _notify_changed(self):
        self.env['notification.event']._notify('wallet_payee_changed', self)

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: customers look after their accounts there."""
        if audience == 'customer':
            return '/my/wallet/withdraw'
        return super()._notification_get_url(partner, audience)

    @api.model
    def _mask(self, number):
        """Return a number of which only the last characters can be read."""
        number = ''.join((number or '').split())
        name, at, host = number.rpartition('@')
        if at:
            return f'{name[:2]}•••@{host}'
        return f'•••• {number[-TAIL:]}' if number else ''
