from odoo import fields, models
from odoo.tools import format_date


class HelpdeskAfterSalesDocument(models.AbstractModel):
    """A document that came of a ticket, and that the ticket follows to its end."""

    _name = 'helpdesk.after.sales.document'
    _description = "After-Sales Document"

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Ticket",
        index='btree_not_null',
        copy=False,
        readonly=True,
        help="The ticket this was made for.",
    )

    # === BUSINESS METHODS === #

    def _get_after_sales_kind(self):
        """Return what the document is: tuple of a word for people and an icon."""
        self.ensure_one()
        return (self._description, 'fa-file-o')

    def _get_after_sales_state(self):
        """Return the word for the state and its tone, a Bootstrap colour."""
        self.ensure_one()
        return (False, 'secondary')

    def _get_after_sales_lines(self):
        """Return what it is about: list of dicts with ``text`` and ``value``."""
        self.ensure_one()
        return []

    def _get_after_sales_copies(self):
        """Return what one may want to copy: list of dicts with ``label`` and ``value``."""
        self.ensure_one()
        return []

    def _get_after_sales_summary(self):
        """Return the lines as one sentence for messages."""
        return ', '.join(
            f'{line["value"]} × {line["text"]}' for line in self._get_after_sales_lines()
        )

    def _prepare_after_sales_rows(self):
        """Return what the ticket shows of its documents, without rights on them.

        The documents are read by superuser rights; only who may read them himself gets a link.
        """
        openable = set(self.sudo(False)._filtered_access('read')._ids)
        rows = []
        for document in self:
            kind, icon = document._get_after_sales_kind()
            state, tone = document._get_after_sales_state()
            rows.append(
                {
                    'key': f'{document._name},{document.id}',
                    'model': document._name,
                    'id': document.id,
                    'kind': kind,
                    'icon': icon,
                    'name': document._get_after_sales_name(),
                    'date': format_date(self.env, document.create_date),
                    'state': state,
                    'tone': tone,
                    'lines': document._get_after_sales_lines(),
                    'copies': document._get_after_sales_copies(),
                    'can_open': document.id in openable,
                }
            )
        return rows

    def _get_after_sales_name(self):
        """Return the reference by which people find the document."""
        self.ensure_one()
        return self.display_name

    def _get_after_sales_done_note(self):
        """Return what the ticket's agent is told when the document has come to its end."""
        self.ensure_one()
        return self.env._(
            "%(name)s is done: %(summary)s",
            name=self._get_after_sales_name(),
            summary=self._get_after_sales_summary(),
        )

    def _tell_after_sales_done(self):
        """Tell the agents of the tickets, whoever has finished the documents."""
        # sudo: helpdesk.ticket - who works in the warehouse or the books need not see tickets
        for document in self.sudo().filtered('ticket_id'):
            ticket = document.ticket_id
            agent = ticket.user_id
            document = document.with_context(lang=agent.lang or self.env.lang)
            ticket.message_post(
                body=document._get_after_sales_done_note(),
                subtype_xmlid='mail.mt_note',
                partner_ids=agent.partner_id.ids,
            )
