import logging

from odoo import Command, fields, models

_logger = logging.getLogger(__name__)


class MemberImportLine(models.Model):
    """What an import has to say about one row of the file."""

    _name = 'member.import.line'
    _description = "Row of a Member Import"
    _order = 'import_id, row, id'
    _rec_name = 'message'

    import_id = fields.Many2one('member.import', required=True, index=True, ondelete='cascade')
    row = fields.Integer(aggregator=None)
    state = fields.Selection(
        [('error', "Error"), ('created', "Created"), ('updated', "Updated")], required=True
    )
    column = fields.Char()
    value = fields.Char()
    message = fields.Char()
    partner_id = fields.Many2one(
        'res.partner', string="Member", index='btree_not_null', ondelete='set null'
    )
    invitation = fields.Selection(
        [('waiting', "To be sent"), ('sent', "Sent"), ('failed', "Failed")]
    )

    _invitation_idx = models.Index("(id) WHERE invitation = 'waiting'")

    # === BUSINESS METHODS === #

    def _send_invitation(self):
        """Open a portal account for the member and mail the link with which to set a password."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                wizard = self.env['portal.wizard'].create(
                    {'partner_ids': [Command.set(self.partner_id.ids)]}
                )
                wizard.user_ids.action_grant_access()
            self.invitation = 'sent'
        except Exception as error:
            _logger.info("No invitation for %s: %s", self.partner_id, error)
            self.write({'invitation': 'failed', 'message': str(error)})
