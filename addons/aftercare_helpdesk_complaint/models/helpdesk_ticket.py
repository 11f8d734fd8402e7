from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

# Only what happened writes these: the customer's withdrawal, the votes, the mail of a decision.
PROTECTED_FIELDS = frozenset(
    ('complaint_is_withdrawn', 'suggestion_vote_count', 'suggestion_told_state')
)
NEW_COLUMNS = {
    'ticket_kind': 'varchar',
    'complaint_date_promised': 'date',
    'complaint_justified': 'float8',
    'suggestion_state': 'varchar',
    'suggestion_publish_date': 'timestamp',
}


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    ticket_kind = fields.Selection(
        related='type_id.kind', string="Kind", store=True, precompute=True
    )

    _complaint_list_idx = models.Index(
        "(priority DESC, sequence, id DESC) WHERE ticket_kind = 'complaint'"
    )
    _complaint_promised_idx = models.Index(
        "(complaint_date_promised) WHERE ticket_kind = 'complaint' AND closed IS NOT TRUE"
    )
    _suggestion_list_idx = models.Index(
        "(suggestion_vote_count DESC NULLS LAST, id DESC) WHERE ticket_kind = 'suggestion'"
    )

    # === INIT === #

    def _auto_init(self):
        """Override of `base`: existing tickets are requests, without computing each of them."""
        cr = self.env.cr
        if not column_exists(cr, self._table, 'ticket_kind'):
            for name, column_type in NEW_COLUMNS.items():
                create_column(cr, self._table, name, column_type)
            cr.execute(
                SQL("UPDATE helpdesk_ticket SET ticket_kind = 'request' WHERE type_id IS NOT NULL")
            )
        return super()._auto_init()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `aftercare_helpdesk`: nobody reads a complaint about himself."""
        tickets = super().create(vals_list)
        tickets._keep_out_concerned()
        return tickets

    @api.model
    def _prepare_create_vals(self, vals_list):
        """Override of `aftercare_helpdesk`: what a complaint or a suggestion starts with."""
        vals_list = super()._prepare_create_vals(vals_list)
        default_type_id = self.env.context.get('default_type_id')
        # sudo: helpdesk.ticket.type - part of the helpdesk's users cannot read types
        Type = self.env['helpdesk.ticket.type'].sudo()
        for vals in vals_list:
            vals.update(dict.fromkeys(PROTECTED_FIELDS, False))
            ticket_type = Type.browse(vals.get('type_id', default_type_id) or ())
            if ticket_type.kind == 'complaint':
                self._prepare_complaint_vals(vals, ticket_type)
        return vals_list

    def write(self, vals):
        """Override of `aftercare_helpdesk`: act on what a complaint or suggestion has become."""
        if not self.env.su and not PROTECTED_FIELDS.isdisjoint(vals):
            raise AccessError(self.env._("This follows from what happened; it is not written."))
        if 'type_id' in vals:
            self._check_type_change(vals['type_id'])
        if 'complaint_ticket_id' in vals and 'complaint_agent_ids' not in vals:
            vals = self._add_concerned(vals)
        decisions = self._get_decisions(vals)
        result = super().write(vals)
        if not {'complaint_agent_ids', 'type_id', 'team_id', 'user_id'}.isdisjoint(vals):
            self._keep_out_concerned()
        if 'type_id' in vals:
            self.filtered(lambda ticket: ticket.ticket_kind == 'suggestion')._count_votes()
        if 'complaint_agent_ids' in vals and not vals.get('user_id', True):
            self._assign_by_rule()
        self._tell_decisions(decisions)
        return result
