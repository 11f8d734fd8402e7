import csv
import io

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

MANAGER_GROUP = 'aftercare_wallet.aftercare_wallet_group_manager'
PROTECTED_FIELDS = {'name', 'state', 'withdrawal_ids', 'exported_at', 'paid_at'}
# Spreadsheets run what begins so.
FORMULA_STARTS = ('=', '+', '-', '@', '\t', '\r')


class WalletPayoutBatch(models.Model):
    """Approved withdrawals that are paid together, as one file for the bank."""

    _name = 'wallet.payout.batch'
    _description = 'Payout Batch'
    _inherit = ['mail.thread']
    _order = 'id desc'
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        'res.currency',
        required=True,
        default=lambda self: self.env.company.currency_id,
        ondelete='restrict',
    )
    kind = fields.Selection(selection='_get_kinds', string="Payees", required=True, default='bank')
    withdrawal_ids = fields.One2many(
        'wallet.withdrawal', 'batch_id', string="Withdrawals", readonly=True
    )
    withdrawal_count = fields.Integer(compute='_compute_totals', store=True)
    amount = fields.Monetary(string="Total", compute='_compute_totals', store=True)
    waiting_count = fields.Integer(compute='_compute_waiting_count')
    state = fields.Selection(
        [('draft', "Draft"), ('exported', "Exported"), ('done', "Paid")],
        default='draft',
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    exported_at = fields.Datetime(readonly=True, copy=False)
    paid_at = fields.Datetime(readonly=True, copy=False)

    # === COMPUTE METHODS === #
    @api.model
    def _get_kinds(self):
        return self.env['wallet.payee']._fields['kind']._description_selection(self.env)

    @api.depends('withdrawal_ids.net_amount', 'currency_id')
    def _compute_totals(self):
        for batch in self:
            batch.withdrawal_count = len(batch.withdrawal_ids)
            batch.amount = batch.currency_id.round(sum(batch.withdrawal_ids.mapped('net_amount')))

    @api.depends('company_id', 'currency_id', 'kind', 'withdrawal_ids')
    def _compute_waiting_count(self):
        for batch in self:
            batch.waiting_count = (
                self.env['wallet.withdrawal'].search_count(batch._get_waiting_domain())
                if batch.state == 'draft'
                else 0
            )

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        # sudo: ir.sequence - whoever may make a batch may number it
        sequence = self.env['ir.sequence'].sudo()
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_protected(vals)
            vals['name'] = sequence.next_by_code('wallet.payout.batch')
        return super().create(vals_list)

    def write(self, vals):
        self._check_protected(vals)
        if {'company_id', 'currency_id', 'kind'} & vals.keys() and self.withdrawal_ids:
            raise UserError(self.env._("Take the withdrawals out of the batch first."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        if any(batch.state != 'draft' or batch.withdrawal_ids for batch in self):
            raise UserError(self.env._("Only empty drafts of batches can be deleted."))

    def _check_protected(self, vals):
        if not self.env.su and PROTECTED_FIELDS & vals.keys():
            raise AccessError(self.env._("Batches are changed by their buttons only."))

    # === ACTION METHODS === #
    def action_collect(self):
        """Take everything that is approved and waits."""
        self._check_manager()
        for batch in self:
            batch._ensure_state('draft')
            # sudo: wallet.withdrawal - managers were checked for
            waiting = self.env['wallet.withdrawal'].sudo().search(batch._get_waiting_domain())
            waiting.batch_id = batch

    def action_clear(self):
        """Let the withdrawals of a draft wait again."""
        self._check_manager()
        for batch in self:
            batch._ensure_state('draft')
            # sudo: wallet.withdrawal - managers were checked for
            batch.sudo().withdrawal_ids.batch_id = False

    def action_export(self):
        """Download the file for the bank; from now on nothing joins the batch."""
        self.ensure_one()
        self._check_manager()
        self._ensure_state('draft', 'exported')
        if not self.withdrawal_ids:
            raise UserError(self.env._("There is nothing in the batch yet."))
        # sudo: ir.attachment - managers were checked for; the file carries whole numbers
        batch_sudo = self.sudo()
        attachment_sudo = batch_sudo.env['ir.attachment'].create(
            {
                'name': f'{self.name.replace("/", "-")}.csv',
                'raw': batch_sudo._build_csv().encode('utf-8-sig'),
                'mimetype': 'text/csv',
                'res_model': self._name,
                'res_id': self.id,
            }
        )
        batch_sudo.write({'state': 'exported', 'exported_at': fields.Datetime.now()})
        batch_sudo.message_post(
            body=self.env._("Exported by %(user)s.", user=self.env.user.name),
            attachment_ids=attachment_sudo.ids,
        )
        return {
            'type': 'ir.actions.act_url',
            'url': f'/web/content/{attachment_sudo.id}?download=true',
            'target': 'self',
        }

    def action_reopen(self):
        """Make a draft of it again: the file was not used."""
        self._check_manager()
        for batch in self:
            batch._ensure_state('exported')
            # sudo: wallet.payout.batch - states are written by methods only
            batch.sudo().write({'state': 'draft', 'exported_at': False})

    def action_mark_paid(self):
        """Note that the bank has paid everything in the batch."""
        self._check_manager()
        for batch in self:
            batch._ensure_state('exported')
            if not batch.withdrawal_ids:
                raise UserError(self.env._("There is nothing in the batch yet."))
            batch.withdrawal_ids.filtered(lambda each: each.state == 'approved')._mark_paid(
                batch.name
            )
            # sudo: wallet.payout.batch - states are written by methods only
            batch.sudo().write({'state': 'done', 'paid_at': fields.Datetime.now()})

    def action_view_withdrawals(self):
        """Open the withdrawals of the batch."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_wallet.wallet_withdrawal_action'
        )
        return action | {'domain': [('batch_id', '=', self.id)], 'context': {'create': False}}

    # === BUSINESS METHODS === #
    def _get_waiting_domain(self):
        """Return the domain of what is approved and fits into the batch."""
        self.ensure_one()
        return [
            ('state', '=', 'approved'),
            ('batch_id', '=', False),
            ('payout_error', '=', False),
            ('company_id', '=', self.company_id.id),
            ('currency_id', '=', self.currency_id.id),
            ('payee_kind', '=', self.kind),
        ]

    def _build_csv(self):
        """Return the file for the bank."""
        self.ensure_one()
        output = io.StringIO()
        writer = csv.writer(output, lineterminator='\r\n')
        writer.writerow(self._get_csv_header())
        for withdrawal in self.withdrawal_ids.sorted('id'):
            writer.writerow([self._escape(cell) for cell in self._get_csv_row(withdrawal)])
        return output.getvalue()

    def _get_csv_header(self):
        """Return the titles of the columns; an addon of a bank has its own."""
        return [
            self.env._("Number"),
            self.env._("Account Holder"),
            self.env._("Account Number"),
            self.env._("Bank Name"),
            self.env._("Branch"),
            self.env._("Bank Code"),
            self.env._("Amount"),
            self.env._("Currency"),
        ]

    def _get_csv_row(self, withdrawal):
        """Return the cells of a withdrawal, as strings."""
        digits = self.currency_id.decimal_places
        return [
            withdrawal.name,
            withdrawal.payee_holder,
            withdrawal.payee_number,
            withdrawal.payee_bank,
            withdrawal.payee_branch,
            withdrawal.payee_code,
            f'{withdrawal.net_amount:.{digits}f}',
            self.currency_id.name,
        ]

    @api.model
    def _escape(self, cell):
        """Return a cell that no spreadsheet takes for a formula."""
        cell = cell or ''
        return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell

    def _ensure_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields['state']._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(number)s is “%(state)s”: this is not possible any more.",
                    number=self.name,
                    state=labels[self.state],
                )
            )

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only managers of the wallet decide about withdrawals."))
        self.check_access('read')
