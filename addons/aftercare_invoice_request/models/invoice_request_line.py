from odoo import api, fields, models
from odoo.exceptions import UserError

# States in which the money of a line is taken.
OPEN_STATES = ('submitted', 'approved')
ISSUED_STATES = ('issued', 'delivered')


class InvoiceRequestLine(models.Model):
    """How much of a paid document is on the invoice that was asked for."""

    _name = 'invoice.request.line'
    _description = 'Invoice Request Line'
    _order = 'request_id, id'

    request_id = fields.Many2one(
        'invoice.request', required=True, readonly=True, index=True, ondelete='cascade'
    )
    source_id = fields.Many2one(
        'invoice.source',
        string="Paid Document",
        required=True,
        index=True,
        ondelete='restrict',
    )
    name = fields.Char(string="Document", related='source_id.name', store=True, related_sudo=True)
    date = fields.Date(related='source_id.date', related_sudo=True)
    state = fields.Selection(related='request_id.state', store=True, index=True)
    company_id = fields.Many2one(related='request_id.company_id')
    currency_id = fields.Many2one(related='request_id.currency_id')
    amount = fields.Monetary(required=True)
    amount_left = fields.Monetary(related='source_id.amount_left', related_sudo=True)
    amount_reversed = fields.Monetary(
        string="Taken Back",
        required=True,
        default=0,
        readonly=True,
        copy=False,
        help="By red-letter invoices.",
    )
    amount_due_back = fields.Monetary(
        string="To Take Back",
        required=True,
        default=0,
        readonly=True,
        copy=False,
        help="Refunded after the invoice was issued: needs a red-letter invoice.",
    )

    _amount_positive = models.Constraint(
        'CHECK(amount > 0)', "The amount on an invoice must be more than zero."
    )
    _reversed_range = models.Constraint(
        'CHECK(amount_reversed >= 0 AND amount_reversed <= amount)',
        "No more can be taken back than was invoiced.",
    )
    _source_uniq = models.Constraint(
        'UNIQUE(request_id, source_id)', "A document is on a request only once."
    )

    # === CONSTRAINT METHODS === #
    @api.constrains('request_id', 'source_id')
    def _check_source(self):
        self.request_id._check_lines()

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        if not self.env.su and {'amount_reversed', 'amount_due_back', 'request_id'} & vals.keys():
            raise UserError(self.env._("Please use the buttons of the request."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        self._check_draft()

    def _check_draft(self):
        self.check_access('write')
        if not self.env.su and any(line.request_id.state != 'draft' for line in self):
            raise UserError(
                self.env._("What is on a request can only be changed while it is a draft.")
            )

    # === BUSINESS METHODS === #
    def _get_amount_held(self):
        """Return how much of its document's money the line keeps from other requests."""
        self.ensure_one()
        if self.state in OPEN_STATES:
            return self.amount
        return self.amount - self.amount_reversed if self.state in ISSUED_STATES else 0.0

    def _settle_refunds(self):
        """Bring the lines (all those of some documents) in line with what is still paid.

        A request that waits is made smaller, or is called off; an issued invoice becomes a
        to-do, because only a red-letter invoice takes it back.
        """
        lines_sudo = self.sudo()  # sudo: invoice.request.line - follows refunds, whoever books them
        to_cancel = self.env['invoice.request'].sudo()  # sudo: invoice.request - the same
        for source, lines in lines_sudo.grouped('source_id').items():
            excess = source.amount_requested - source.amount_paid
            for line in lines.sorted('id', reverse=True):
                if line.state in OPEN_STATES and source.currency_id.compare_amounts(excess, 0) > 0:
                    cut = min(excess, line.amount)
                    excess -= cut
                    to_cancel |= line._cut(cut)
            for line in lines.exists().sorted('id', reverse=True):
                due = max(0.0, min(excess, line._get_amount_held()))
                due = due if line.state in ISSUED_STATES else 0.0
                excess -= due
                if source.currency_id.compare_amounts(due, line.amount_due_back):
                    line.amount_due_back = due
        lines_sudo.exists().request_id._follow_due_back()
        to_cancel._cancel_refunded()

    def _cut(self, amount):
        """Take an amount off a line that waits; return the request when nothing is left of it."""
        self.ensure_one()
        request = self.request_id
        if self.currency_id.compare_amounts(amount, self.amount) < 0:
            self.source_id._release(amount)
            self.amount -= amount
        elif len(request.line_ids) > 1:
            self.source_id._release(self.amount)
            self.unlink()
        else:
            return request
        request._message_log_batch(
            {
                request.id: self.env._(
                    "A refund made this request smaller by %(amount)s.",
                    amount=request.currency_id.format(amount),
                )
            }
        )
        return request.browse()
