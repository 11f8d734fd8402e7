from odoo import api, fields, models
from odoo.tools import SQL


class HelpdeskTicketHead(models.Model):
    """As much of a ticket as the salesperson of its customer may know."""

    _name = 'helpdesk.ticket.head'
    _description = "Service Record"
    _auto = False
    _order = 'id desc'
    _rec_name = 'number'
    _rec_names_search = ['number', 'name']
    _depends = {
        'helpdesk.ticket': [
            'number', 'name', 'stage_id', 'closed', 'closed_date', 'team_id', 'company_id',
            'partner_id', 'commercial_partner_id', 'active', 'create_date',
        ]
    }  # fmt: skip

    number = fields.Char(readonly=True)
    name = fields.Char(string="Title", readonly=True)
    stage_id = fields.Many2one(comodel_name='helpdesk.ticket.stage', string="State", readonly=True)
    closed = fields.Boolean(readonly=True)
    date_open = fields.Datetime(string="Received", readonly=True)
    closed_date = fields.Datetime(string="Closed On", readonly=True)
    team_id = fields.Many2one(comodel_name='helpdesk.ticket.team', readonly=True)
    company_id = fields.Many2one(comodel_name='res.company', readonly=True)
    partner_id = fields.Many2one(comodel_name='res.partner', string="Customer", readonly=True)
    commercial_partner_id = fields.Many2one(
        comodel_name='res.partner', string="Company of the Customer", readonly=True
    )
    # Computed, because the entries belong to the ticket itself.
    record_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.record', string="Entries", compute='_compute_record_ids'
    )
    record_date = fields.Datetime(string="Last Entry", compute='_compute_latest')
    progress = fields.Selection(
        selection=lambda self: self.env['helpdesk.ticket.record']._fields['progress'].selection,
        compute='_compute_latest',
    )
    customer_status = fields.Selection(
        selection=lambda self: (
            self.env['helpdesk.ticket.record']._fields['customer_status'].selection
        ),
        string="Customer's Situation",
        compute='_compute_latest',
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, number, name, stage_id, closed, create_date AS date_open, closed_date,
                   team_id, company_id, partner_id, commercial_partner_id
              FROM helpdesk_ticket
             WHERE active
            """
        )

    # === COMPUTE METHODS === #

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_record_ids(self):
        records = self.env['helpdesk.ticket.record'].search([('ticket_id', 'in', self.ids)])
        by_ticket = records.grouped(lambda record: record.ticket_id.id)
        for head in self:
            head.record_ids = by_ticket.get(head.id, records.browse())

    @api.depends('record_ids')
    def _compute_latest(self):
        for head in self:
            head.record_date = max(head.record_ids.mapped('date'), default=False)
            head.update(head.record_ids._get_latest())
