from odoo import api, fields, models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    partner_phone = fields.Char(string="Phone")
    is_sender_unverified = fields.Boolean(
        string="Unverified Sender",
        readonly=True,
        copy=False,
        help="The sender was not signed in and has not yet used the link we mailed: the e-mail"
        " address is not proven. Give no account details away.",
    )
    website_form_key = fields.Char(
        readonly=True, copy=False, groups='base.group_system', help="The form it was sent with."
    )

    # Sending one form twice, even at the same moment to two workers, makes one ticket
    _website_form_key_uniq = models.UniqueIndex(
        '(website_form_key) WHERE website_form_key IS NOT NULL'
    )

    # === BUSINESS METHODS === #

    def _get_creation_author(self):
        """Override of `aftercare_helpdesk`: the sender of a form, not who the website works as."""
        # sudo: helpdesk.ticket - only forms have a key, which nobody may write
        if self.sudo().website_form_key:
            return self.partner_id
        return super()._get_creation_author()

    def _send_website_acknowledgement(self):
        """Mail the sender the ticket's number and the link that opens it without signing in.

        Where the notification rules tell customers that their ticket has come in, that mail has
        the link; a sender without account must get it in any case.
        """
        template = self.env.ref(
            'aftercare_helpdesk_website.mail_template_ticket_acknowledgement',
            raise_if_not_found=False,
        )
        companies = self._get_companies_mailing_customers('ticket_created')
        for ticket in self.filtered(lambda ticket: ticket.company_id not in companies):
            if template:
                template.send_mail(ticket.id, email_layout_xmlid='mail.mail_notification_light')

    def _get_website_stages(self):
        """Return the stages of the progress bar: the way through, and where the ticket ended."""
        self.ensure_one()
        stages = self.team_id._get_applicable_stages()
        way = stages.filtered(lambda stage: not stage.closed and not stage.is_waiting)
        end = stages.filtered(lambda stage: stage.closed and not stage.is_cancelled)[:1]
        if self.stage_id.closed:
            end = self.stage_id
        return (way | end | self.stage_id).sorted()

    def _get_website_expected_answer(self):
        """Return when the customer may expect an answer: a naive UTC datetime, or False.

        Installed service levels give the ticket its deadline; without them there is no promise.
        """
        self.ensure_one()
        if self.closed or 'sla_deadline' not in self._fields:
            return False
        return self.sla_deadline

    def _get_website_attachments(self):
        """Return the files the customer sent along with the ticket.

        Files of messages are shown with their message, so that nothing from an internal note or
        from an agent's own pile of files gets to the page.
        """
        self.ensure_one()
        attachments = self.env['ir.attachment'].search(
            [
                ('res_model', '=', self._name),
                ('res_id', '=', self.id),
                ('res_field', '=', False),
                ('create_uid.share', '=', True),
            ],
            order='id',
        )
        messages = self.env['mail.message'].search([('attachment_ids', 'in', attachments.ids)])
        return attachments - messages.attachment_ids

    def _get_website_rating(self, partner):
        """Return what a customer has rated already, empty when not rated."""
        self.ensure_one()
        return self.rating_ids.filtered(
            lambda rating: rating.consumed and rating.partner_id == partner
        )[:1]

    def _rate_from_website(self, partner, value, feedback=''):
        """Rate the help with a closed ticket; a second rating replaces the first.

        :param partner: who rates
        :param int value: 1, 3 or 5
        """
        self.ensure_one()
        rating = self._get_website_rating(partner)
        if rating:
            return self.rating_apply(value, rating=rating, feedback=feedback)
        token = self._rating_get_access_token(partner)
        return self.rating_apply(value, token=token, feedback=feedback)

    def _close_from_website(self, partner, stage):
        """Close the ticket for its customer, with a note that says who did it.

        :return: whether it is closed; the team may have to agree first
        :raises UserError: if the team does not let customers close tickets in that stage
        """
        self.ensure_one()
        self._close_by_customer(stage)
        if self.closed:
            self._post_website_note(partner, self.env._("Closed by the customer."))
        return self.closed

    def _can_reopen_from_website(self):
        """Tell whether the customer may still take the closed ticket up again."""
        self.ensure_one()
        return bool(self.closed and not self.duplicate_id and self._can_reopen())

    def _reopen_from_website(self, partner, reason=''):
        """Take a closed ticket up again; the customer's reason becomes a message."""
        self.ensure_one()
        self._reopen_for_customer()
        self._post_website_note(partner, self.env._("Reopened by the customer."))
        if reason:
            self.message_post(
                author_id=partner.id,
                body=reason,
                message_type='comment',
                subtype_xmlid='mail.mt_comment',
            )

    def _post_website_note(self, partner, text):
        self.message_post(author_id=partner.id, body=text, subtype_xmlid='mail.mt_note')

    @api.model
    def _get_website_search_domain(self, search_in, search):
        """Return the domain of the tickets in which every word of a search occurs.

        :param str search_in: ``all``, ``number``, ``name`` or ``description``
        """
        field_names = ['number', 'name', 'description']
        if search_in in field_names:
            field_names = [search_in]
        return Domain.AND(
            Domain.OR(Domain(name, 'ilike', word) for name in field_names)
            for word in search.split()
        )
