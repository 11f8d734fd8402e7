from odoo import models


class IrActionsActWindow(models.Model):
    _inherit = 'ir.actions.act_window'

    def _get_action_dict(self):
        """Override of `base`: the title of a team's list says whose list it is."""
        result = super()._get_action_dict()
        context = self.env.context
        if (
            result.get('res_model') == 'helpdesk.ticket'
            and context.get('active_model') == 'helpdesk.ticket.team'
            and context.get('active_id')
        ):
            team = self.env['helpdesk.ticket.team'].search_fetch(
                [('id', '=', context['active_id'])], ['name']
            )
            if team:
                result['display_name'] = f'{team.name} · {result["name"]}'
        return result
