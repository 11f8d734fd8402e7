from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, is_html_empty


class HelpdeskAfterSales(models.AbstractModel):
    """What the wizards of all after-sales actions do alike: check, create, note, tell.

    An agent needs no right on what is created. It is made by superuser rights, after it was checked
    that he may write to the ticket, that its team offers the action, and that what he chose belongs
    to the ticket's customer.
    """

    _name = 'helpdesk.after.sales'
    _description = "After-Sales Action"
    # Name of the team's field that allows the action.
    _switch = None

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', string="Ticket", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        related='ticket_id.partner_id', string="Customer", related_sudo=False
    )
    partner_email = fields.Char(compute='_compute_partner_email')
    is_customer_told = fields.Boolean(
        string="Tell the customer",
        compute='_compute_is_customer_told',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    message = fields.Html(
        compute='_compute_message', compute_sudo=False, store=True, readonly=False
    )

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    def _compute_partner_email(self):
        for wizard in self:
            wizard.partner_email = wizard.partner_id.email

    @api.depends('ticket_id')
    def _compute_is_customer_told(self):
        for wizard in self:
            wizard.is_customer_told = bool(wizard.partner_id.email)

    @api.depends('ticket_id')
    def _compute_message(self):
        for wizard in self:
            partner = wizard.partner_id
            localized = wizard.with_context(lang=partner.lang or self.env.lang)
            wizard.message = Markup('<p>%s</p><p>%s</p>') % (
                localized.env._("Hello %(name)s,", name=partner.name or ''),
                localized._get_default_message(),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('ticket_id')
    def _check_ticket(self):
        # Constraints are called by superuser rights: what the user may do is the question.
        for wizard in self.sudo(False):
            wizard.ticket_id._check_after_sales(self._switch)
            wizard._check_choice()

    # === ACTION METHODS === #

    def action_confirm(self):
        """Do it, write it down in the ticket and tell the customer."""
        self.ensure_one()
        document_sudo = self._get_chosen_document()
        if document_sudo:
            self._serialize(document_sudo)
        self._check_ticket()
        documents_sudo = self._create_documents()
        self._link(documents_sudo)
        self._tell_customer(documents_sudo)
        return self._get_result_action(documents_sudo)

    # === BUSINESS METHODS === #

    def _get_default_message(self):
        """Return what the customer is told, in the language of the environment."""
        return ''

    def _get_chosen_document(self):
        """Return the existing document the action starts from, by superuser rights, or False."""
        self.ensure_one()
        return False

    def _check_choice(self):
        """Refuse what does not belong to the ticket's customer or asks too much."""
        self.ensure_one()

    def _create_documents(self):
        """Create what the action is about, after all checks.

        :return: the documents by superuser rights, the main one first
        """
        raise NotImplementedError

    def _get_note(self, documents_sudo):
        """Return what the ticket remembers of the action."""
        return ', '.join(
            f'{document._get_after_sales_kind()[0]} {document._get_after_sales_name()}'
            for document in documents_sudo
        )

    def _get_customer_facts(self, documents_sudo):
        """Return what the customer is told below the message: pairs (label, value)."""
        return []

    def _get_customer_extra(self, documents_sudo):
        """Return markup that follows the message and the facts."""
        return Markup()

    def _serialize(self, document_sudo):
        """Let a second action on the same document wait, so that it sees what the first one did."""
        # An update is what makes the second transaction start again; a lock alone does not.
        self.env.cr.execute(
            SQL(
                'UPDATE %s SET id = id WHERE id = %s',
                SQL.identifier(document_sudo._table),
                document_sudo.id,
            )
        )

    def _link(self, documents_sudo):
        """Tie the documents and the ticket together, in the chatter of both."""
        documents_sudo.ticket_id = self.ticket_id
        for document in documents_sudo:
            document.message_post_with_source(
                'mail.message_origin_link',
                render_values={'self': document, 'origin': self.ticket_id},
                subtype_xmlid='mail.mt_note',
            )
        self.ticket_id.message_post(
            body=self._get_note(documents_sudo), subtype_xmlid='mail.mt_note'
        )

    def _tell_customer(self, documents_sudo):
        """Write to the customer in the ticket, so that he gets mail and finds it in the portal."""
        if not self.is_customer_told or not self.partner_id:
            return
        lang = self.partner_id.lang or self.env.lang
        localized = self.with_context(lang=lang)
        body = Markup('') if is_html_empty(self.message) else Markup(self.message)
        facts = localized._get_customer_facts(documents_sudo.with_context(lang=lang))
        if facts:
            rows = Markup().join(
                Markup(
                    '<tr><td style="padding: 2px 16px 2px 0; color: #6c757d;">%s</td><td>%s</td></tr>'
                )
                % fact
                for fact in facts
            )
            body += Markup('<table><tbody>%s</tbody></table>') % rows
        self.ticket_id.message_post(
            body=body + localized._get_customer_extra(documents_sudo),
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
            partner_ids=self.partner_id.ids,
        )

    def _get_result_action(self, documents_sudo):
        """Close the dialog and say what was made."""
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': self._get_note(documents_sudo),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }
