from odoo import fields, models
from odoo.addons.mail.tools.discuss import Store


class MailCannedResponse(models.Model):
    _inherit = 'mail.canned.response'

    helpdesk_team_ids = fields.Many2many(
        comodel_name='helpdesk.ticket.team',
        string="Helpdesk Teams",
        help="Proposed in the chats of these teams only, to all their members.",
    )

    def _broadcast(self, /, *, delete=False):
        """Override of `mail`: tell the members of the teams, too."""
        result = super()._broadcast(delete=delete)
        for response in self:
            # sudo: helpdesk.ticket.team - its members get the reply, whoever has written it
            for user in response.sudo().helpdesk_team_ids.user_ids:
                store = Store(bus_channel=user)
                if delete:
                    store.delete(response)
                else:
                    store.add(response)
                store.bus_send()
        return result

    def _to_store_defaults(self, target):
        return [
            *super()._to_store_defaults(target),
            # sudo: helpdesk.ticket.team - ids only
            Store.Attr('helpdesk_team_ids', lambda response: response.sudo().helpdesk_team_ids.ids),
        ]
