from odoo import api, fields, models


class HelpdeskTicketRecord(models.Model):
    """What was found out and done on a ticket, and how the customer fares. Internal.

    Entries are never changed: a later one says what has become of it.
    """

    _name = 'helpdesk.ticket.record'
    _description = "Processing Record"
    _order = 'date desc, id desc'
    _rec_name = 'ticket_number'

    ticket_id = fields.Many2one(comodel_name='helpdesk.ticket', required=True, ondelete='cascade')
    # Read as superuser: a salesperson may know the head of the ticket, not the ticket.
    ticket_number = fields.Char(string="Number", related='ticket_id.number')
    ticket_name = fields.Char(string="Ticket Title", related='ticket_id.name')
    partner_id = fields.Many2one(related='ticket_id.partner_id', string="Customer")
    author_id = fields.Many2one(
        comodel_name='res.users',
        string="By",
        readonly=True,
        required=True,
        ondelete='restrict',
        index=True,
        default=lambda self: self.env.user,
    )
    date = fields.Datetime(
        string="When", readonly=True, required=True, default=fields.Datetime.now, index=True
    )
    environment = fields.Text(help="Versions, devices, settings: where it happens.")
    problem = fields.Text(help="What is wrong, as far as it is known.")
    handling = fields.Text(help="What was done about it.")
    progress = fields.Selection(
        selection=[
            ('analysis', "Looking for the cause"),
            ('work', "Being worked on"),
            ('waiting', "Waiting for others"),
            ('test', "Being tested"),
            ('solved', "Solved"),
        ]
    )
    customer_status = fields.Selection(
        selection=[
            ('down', "Cannot work"),
            ('limited', "Works with limits"),
            ('working', "Works normally"),
            ('confirmed', "Has confirmed the solution"),
        ],
        string="Customer's Situation",
        help="How the customer fares meanwhile.",
    )

    _not_empty = models.Constraint(
        "CHECK (COALESCE(environment, problem, handling, progress, customer_status) IS NOT NULL)",
        "Fill in at least one field.",
    )
    _ticket_date_idx = models.Index('(ticket_id, date DESC, id DESC)')

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: an entry is of who writes it, now, on a ticket he works on."""
        if not self.env.su:
            vals_list = [
                {name: value for name, value in vals.items() if name not in ('author_id', 'date')}
                for vals in vals_list
            ]
        records = super().create(
            [
                {
                    name: value.strip() or False if isinstance(value, str) else value
                    for name, value in vals.items()
                }
                for vals in vals_list
            ]
        )
        records.ticket_id.check_access('write')
        return records

    # === BUSINESS METHODS === #

    def _get_latest(self):
        """Return the last word on the progress and on the customer among the entries.

        :return: dict of field name → value or False
        """
        newest_first = self.sorted(lambda record: (record.date, record.id), reverse=True)
        return {
            name: next(filter(None, newest_first.mapped(name)), False)
            for name in ('progress', 'customer_status')
        }
