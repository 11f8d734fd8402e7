from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    link_ids = fields.One2many(
        comodel_name='helpdesk.ticket.link', inverse_name='ticket_id', string="Links"
    )
    child_count = fields.Integer(string="Parts", compute='_compute_link_counts')
    open_child_count = fields.Integer(string="Open Parts", compute='_compute_link_counts')
    open_blocker_count = fields.Integer(string="Open Blockers", compute='_compute_link_counts')

    # === COMPUTE METHODS === #

    @api.depends('link_ids.kind', 'link_ids.other_id.closed')
    def _compute_link_counts(self):
        counts = {
            (ticket, kind, is_closed): count
            for ticket, kind, is_closed, count in self._count_links()
        }
        for ticket in self:
            done = counts.get((ticket._origin, 'child', True), 0)
            ticket.open_child_count = counts.get((ticket._origin, 'child', False), 0)
            ticket.child_count = ticket.open_child_count + done
            ticket.open_blocker_count = counts.get((ticket._origin, 'blocked_by', False), 0)

    def _count_links(self):
        """Return tuples (ticket, kind, is the other one closed, count)."""
        links = self.env['helpdesk.ticket.link'].search_fetch(
            [('ticket_id', 'in', self.ids), ('kind', 'in', ('child', 'blocked_by'))],
            ['ticket_id', 'kind', 'other_id'],
        )
        links.other_id.fetch(['closed'])
        return [
            (*key, len(group))
            for key, group in links.grouped(
                lambda link: (link.ticket_id, link.kind, link.other_id.closed)
            ).items()
        ]

    # === ACTION METHODS === #

    def action_new_part(self):
        """Open a new ticket that is part of this one."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("New Part of %(number)s", number=self.number),
            'res_model': self._name,
            'view_mode': 'form',
            'context': {
                'default_partner_id': self.partner_id.id,
                'default_team_id': self.team_id.id,
                'default_category_id': self.category_id.id,
                'default_link_ids': [(0, 0, {'kind': 'parent', 'other_id': self.id})],
            },
        }

    def action_view_parts(self):
        """List the tickets this one consists of."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Parts of %(number)s", number=self.number),
            'res_model': self._name,
            'view_mode': 'list,kanban,form',
            'domain': [('link_ids', 'any', [('kind', '=', 'parent'), ('other_id', '=', self.id)])],
        }

    def action_split(self):
        """Open the dialog that makes a new ticket of some of the messages."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Split Off a New Ticket"),
            'res_model': 'helpdesk.ticket.split',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_ticket_id': self.id},
        }

    # === BUSINESS METHODS === #

    def _on_close(self, stamps):
        """Override of `aftercare_helpdesk`: nobody forgets the parts that are still open."""
        result = super()._on_close(stamps)
        # sudo: helpdesk.ticket - the parts and the whole may belong to teams the user is not in
        linked = self.sudo().filtered('link_ids')
        if not linked:
            return result
        linked.invalidate_recordset(['open_child_count'])
        unfinished = linked.filtered('open_child_count')
        if unfinished and self.env.user._is_internal():
            self.env.user._bus_send(
                'simple_notification',
                {
                    'type': 'warning',
                    'title': self.env._("Parts are still open"),
                    'message': self.env._(
                        "%(count)s tickets that are part of %(numbers)s stay open.",
                        count=sum(unfinished.mapped('open_child_count')),
                        numbers=", ".join(unfinished.mapped('number')),
                    ),
                },
            )
        linked._tell_parents()
        return result

    def _tell_parents(self):
        """Note on the tickets these are parts of that the last part is done."""
        links = self.link_ids.filtered(lambda link: link.kind == 'parent')
        parents = links.other_id.filtered(lambda parent: not parent.closed)
        parents.invalidate_recordset(['open_child_count'])
        for parent in parents:
            if not parent.open_child_count:
                parent._message_log(body=self.env._("All parts of this ticket are closed."))
