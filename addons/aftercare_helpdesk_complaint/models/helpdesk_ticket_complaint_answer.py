from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list


class HelpdeskTicket(models.Model):
    """A complaint ends with an answer, or with the customer's withdrawal."""

    _inherit = 'helpdesk.ticket'

    # === CONSTRAINT METHODS === #

    @api.constrains('stage_id', 'type_id', 'complaint_finding', 'complaint_measure')
    def _check_complaint_is_answered(self):
        """A complaint closes with a finding and a measure, whichever way it is closed."""
        for ticket in self.sudo():
            missing = ticket._get_missing_answer()
            if missing and ticket.stage_id.closed and not ticket.complaint_is_withdrawn:
                raise ValidationError(
                    self.env._(
                        "%(number)s is a complaint. Before it can be closed, please fill in:"
                        " %(missing)s.",
                        number=ticket.number,
                        missing=format_list(self.env, missing),
                    )
                )

    def _check_type_change(self, type_id):
        """Let officers and managers alone make something else of a complaint.

        :raises UserError: for others, who could close it unanswered then
        """
        user = self.env.user
        if (
            self.env.su
            or self.env['helpdesk.ticket.type'].sudo().browse(type_id or ()).kind == 'complaint'
            or user.has_group('helpdesk_mgmt.group_helpdesk_manager')
            or user.has_group(
                'aftercare_helpdesk_complaint.aftercare_helpdesk_complaint_group_officer'
            )
        ):
            return
        if complaints := self.filtered(lambda ticket: ticket.ticket_kind == 'complaint'):
            raise UserError(
                self.env._(
                    "%(numbers)s: only an officer for complaints or a manager can make something"
                    " else of a complaint.",
                    numbers=format_list(self.env, complaints.mapped('number')),
                )
            )

    # === BUSINESS METHODS === #

    def _get_missing_answer(self):
        """Return the names of what a complaint still lacks to be closed."""
        self.ensure_one()
        if self.ticket_kind != 'complaint':
            return []
        names = ('complaint_finding', 'complaint_measure')
        return [
            self._fields[name]._description_string(self.env)
            for name in names
            if not (self[name] or '').strip()
        ]

    # === BUSINESS METHODS: THE CUSTOMER === #

    def _can_complain(self):
        """Tell whether the customer can complain about the handling of the ticket."""
        self.ensure_one()
        return bool(
            self.active
            and self.partner_id
            and self.team_id
            and self.ticket_kind != 'complaint'
            and self.env['helpdesk.ticket.type']._find_of_kind('complaint', self.team_id)
        )

    def _get_open_complaint(self):
        """Return the open complaint about the ticket, of whomever of the customer."""
        self.ensure_one()
        return self.search(
            [
                ('complaint_ticket_id', '=', self.id),
                ('ticket_kind', '=', 'complaint'),
                ('closed', '=', False),
                ('commercial_partner_id', '=', self.commercial_partner_id.id),
            ],
            limit=1,
        )

    def _get_customer_stages(self):
        """Override of `aftercare_helpdesk`: he withdraws a complaint, the officer answers it."""
        stages = super()._get_customer_stages()
        return stages.filtered('is_cancelled') if self.ticket_kind == 'complaint' else stages

    def _close_by_customer(self, stage):
        """Override of `aftercare_helpdesk`: a customer may withdraw his complaint."""
        if self.ticket_kind == 'complaint' and stage in self._get_customer_stages():
            # sudo: helpdesk.ticket - nobody but the customer himself withdraws it
            self.sudo().complaint_is_withdrawn = stage.is_cancelled
        return super()._close_by_customer(stage)

    def _on_reopen(self):
        """Override of `aftercare_helpdesk`: who comes back has not withdrawn it."""
        result = super()._on_reopen()
        withdrawn = self.filtered('complaint_is_withdrawn')
        if withdrawn:
            # sudo: helpdesk.ticket - see the field
            withdrawn.sudo().complaint_is_withdrawn = False
        return result
