from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

EXCERPT_LENGTH = 600
EXCERPTS = 5


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # === WHO ELSE IS HERE === #

    def viewer_enter(self, is_writing=False):
        """Note that the user has the ticket on the screen.

        :param bool is_writing: whether he writes an answer to the customer
        :return: list of dicts: ``id`` and ``name`` of the users present, ``is_writing``
        """
        self.ensure_one()
        self._check_viewer()
        return self.env['helpdesk.ticket.viewer']._enter(self, bool(is_writing))

    def viewer_leave(self):
        """Note that the user has left the tickets."""
        self.env['helpdesk.ticket.viewer']._leave(self.env.user, self.ids)
        return True

    def _check_viewer(self):
        self.check_access('read')
        if not self.env.user._is_internal():
            raise UserError(self.env._("Only agents work together on tickets."))

    # === STALE REPLIES === #

    @api.readonly
    def get_unseen_messages(self, seen_id):
        """Return what customers and colleagues have written since a message, the newest first.

        :param int seen_id: id of the last message on the user's screen
        """
        self.ensure_one()
        self._check_viewer()
        messages = self._find_unseen_messages(seen_id)
        return [
            {
                'id': message.id,
                'author_id': message.author_id.id,
                'author': message.author_id.name or message.email_from or '',
                'date': message.date,
                'is_note': message.subtype_id.internal,
                'text': html2plaintext(message.body or '')[:EXCERPT_LENGTH],
                'attachment_count': len(message.attachment_ids),
            }
            for message in messages
        ]

    def _find_unseen_messages(self, seen_id):
        """Return what others have written on the ticket after a message, as superuser."""
        # sudo: mail.message - all that belongs to a ticket the user may see
        return (
            self.env['mail.message']
            .sudo()
            .search(
                Domain(
                    [
                        ('model', '=', self._name),
                        ('res_id', '=', self.id),
                        ('id', '>', seen_id),
                        ('message_type', 'in', ('comment', 'email')),
                        ('author_id', '!=', self.env.user.partner_id.id),
                    ]
                ),
                order='id desc',
                limit=EXCERPTS,
            )
        )

    def message_post(self, **kwargs):
        """Override of `mail`: who answers must have seen what he answers to.

        Screens tell by ``helpdesk_seen_message_id`` in the context what they show.
        """
        seen_id = self.env.context.get('helpdesk_seen_message_id')
        if type(seen_id) is not int:
            return super().message_post(**kwargs)
        if self._is_answer(kwargs):
            self._check_seen(seen_id)
        # What else is posted because of it, perhaps on other tickets, is on no screen.
        checked = self.with_context(helpdesk_seen_message_id=None)
        return super(HelpdeskTicket, checked).message_post(**kwargs)

    @api.model
    def _is_answer(self, values):
        """Tell whether what is about to be posted goes to the customer."""
        comment_id = self.env['ir.model.data']._xmlid_to_res_id('mail.mt_comment')
        return values.get('message_type') == 'comment' and (
            values.get('subtype_xmlid') == 'mail.mt_comment'
            or values.get('subtype_id') == comment_id
        )

    def _check_seen(self, seen_id):
        self.ensure_one()
        if messages := self._find_unseen_messages(seen_id):
            raise UserError(
                self.env._(
                    "%(authors)s wrote meanwhile. Nothing has been sent yet: look first.",
                    authors=", ".join(
                        {message.author_id.name or message.email_from for message in messages}
                    ),
                )
            )

    def _message_post_after_hook(self, message, msg_values):
        """Override of `mail`: who has the ticket on the screen learns that something came in."""
        result = super()._message_post_after_hook(message, msg_values)
        if message.message_type in ('comment', 'email'):
            self._tell_viewers(message)
        return result

    def _tell_viewers(self, message):
        """Tell those who have the ticket on the screen that somebody else has written."""
        present = self.env['helpdesk.ticket.viewer']._get_present(self.ids)
        author = message.sudo().author_id
        present.user_id.filtered(lambda user: user.partner_id != author)._bus_send(
            'helpdesk.ticket/message',
            {
                'ticket_id': self.id,
                'id': message.id,
                'author': author.name or message.sudo().email_from or '',
            },
        )
