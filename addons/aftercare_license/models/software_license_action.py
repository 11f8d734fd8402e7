from odoo import models


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === ACTION METHODS === #
    def action_issue(self):
        """Issue drafts."""
        self.check_access('write')
        self._activate()

    def action_suspend(self):
        return self._open_operation('suspend', self.env._("Suspend"))

    def action_reinstate(self):
        return self._open_operation('reinstate', self.env._("Reinstate"))

    def action_revoke(self):
        return self._open_operation('revoke', self.env._("Revoke"))

    def action_extend(self):
        return self._open_operation('extend', self.env._("Extend"))

    def action_renew(self):
        return self._open_operation('renew', self.env._("Renew"))

    def action_transfer(self):
        return self._open_operation('transfer', self.env._("Transfer"))

    def action_rotate_key(self):
        return self._open_operation('rotate', self.env._("New Key"))

    def action_set_domain(self):
        return self._open_operation('domain', self.env._("Change Domain"))

    def action_grant_change(self):
        return self._open_operation('grant', self.env._("Grant a Domain Change"))

    def action_view_installations(self):
        """Open the installations that asked about the licence."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_installation_action'
        )
        return action | {'domain': [('license_id', 'in', self.ids)], 'context': {}}

    def action_view_changes(self):
        """Open the history of the licence."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_change_action'
        )
        return action | {'domain': [('license_id', 'in', self.ids)], 'context': {}}

    def action_view_checkins(self):
        """Open the answers that installations got, day by day."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_checkin_action'
        )
        return action | {'domain': [('license_id', 'in', self.ids)], 'context': {}}

    def _open_operation(self, operation, title):
        """Open the dialog that asks for the reason and what else an operation needs."""
        return {
            'name': title,
            'type': 'ir.actions.act_window',
            'res_model': 'software.license.operation',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_operation': operation,
                'default_license_ids': [(6, 0, self.ids)],
            },
        }
