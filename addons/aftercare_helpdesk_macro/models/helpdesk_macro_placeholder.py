from html import unescape

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, is_html_empty
from odoo.tools.rendering_tools import parse_inline_template


class HelpdeskMacro(models.Model):
    _inherit = 'helpdesk.macro'

    # === PLACEHOLDERS === #

    @api.model
    def _get_placeholders(self):
        """Return what texts may contain: dict of word → (meaning, function of a ticket).

        A fixed list, nothing is evaluated: whoever writes a macro can reach no other data.
        """
        _ = self.env._
        return {
            'customer': (
                _("Name of the customer"),
                lambda ticket: ticket.partner_id.name or ticket.partner_name,
            ),
            'company': (
                _("Company of the customer"),
                lambda ticket: ticket.commercial_partner_id.name,
            ),
            'number': (_("Number of the ticket"), lambda ticket: ticket.number),
            'title': (_("Title of the ticket"), lambda ticket: ticket.name),
            'stage': (_("Stage of the ticket"), lambda ticket: ticket.stage_id.name),
            'type': (_("Type of the ticket"), lambda ticket: ticket.type_id.name),
            'category': (_("Category of the ticket"), lambda ticket: ticket.category_id.name),
            'team': (_("Team of the ticket"), lambda ticket: ticket.team_id.name),
            'agent': (_("Agent of the ticket"), lambda ticket: ticket.user_id.name),
            'me': (_("Your own name"), lambda ticket: ticket.env.user.name),
            'today': (
                _("Date of today"),
                lambda ticket: format_date(ticket.env, ticket._get_today()),
            ),
            'created': (
                _("Date of the ticket"),
                lambda ticket: format_date(ticket.env, ticket.create_date),
            ),
        }

    @api.model
    def _parse_text(self, text):
        """Return what a text is made of: tuples (text before, placeholder, default).

        :raises ValidationError: if there is a placeholder nobody knows
        """
        known = self._get_placeholders()
        parts = []
        for literal, expression, default in parse_inline_template(str(text or '')):
            word = unescape(Markup(expression).striptags()).strip().lower()
            if expression and word not in known:
                raise ValidationError(
                    self.env._(
                        "“%(word)s” is no placeholder. These are: %(known)s",
                        word=word,
                        known=", ".join(f'{{{{ {name} }}}}' for name in known),
                    )
                )
            parts.append((literal, word, default))
        return parts

    def _render_text(self, field_name, ticket):
        """Return a text of the macro, filled in for a ticket, in the customer's language.

        What is filled in is escaped: a customer's name is a name, whatever it contains.
        """
        self.ensure_one()
        lang = ticket.partner_id.lang or self.env.lang
        macro = self.with_context(lang=lang)
        text = macro[field_name]
        if is_html_empty(text):
            return Markup()
        ticket = ticket.with_context(lang=lang)
        placeholders = macro._get_placeholders()
        result = Markup()
        for literal, word, default in macro._parse_text(text):
            result += Markup(literal)
            if word:
                value = placeholders[word][1](ticket)
                result += escape(value) if value else Markup(default.strip())
        return result

    # === POSTING === #

    def _post_note(self, ticket, body):
        if not is_html_empty(body):
            ticket.message_post(body=body, message_type='comment', subtype_xmlid='mail.mt_note')

    def _post_reply(self, ticket, body):
        """Write to the customer.

        :raises UserError: if there is nobody to write to
        """
        if is_html_empty(body):
            return
        if not ticket.partner_id and not ticket.partner_email:
            raise UserError(
                self.env._("%(number)s has no customer to reply to.", number=ticket.number)
            )
        ticket.message_post(
            body=body,
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
            partner_ids=ticket.partner_id.ids,
            outgoing_email_to=False if ticket.partner_id else ticket.partner_email,
            email_layout_xmlid='mail.mail_notification_light',
        )
