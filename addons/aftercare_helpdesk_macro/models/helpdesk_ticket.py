from lxml import html

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    template_id = fields.Many2one(
        comodel_name='helpdesk.ticket.template',
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        index='btree_not_null',
        ondelete='set null',
    )
    checklist = fields.Html(copy=False)
    checklist_progress = fields.Char(compute='_compute_checklist_progress')
    has_quick_templates = fields.Boolean(compute='_compute_has_quick_templates')

    # === COMPUTE METHODS === #

    @api.depends('checklist')
    def _compute_checklist_progress(self):
        """How much is ticked off, for example 2 / 5."""
        for ticket in self:
            items = done = ()
            if not is_html_empty(ticket.checklist):
                tree = html.fromstring(f'<div>{ticket.checklist}</div>')
                items = tree.xpath("//ul[contains(@class, 'o_checklist')]/li")
                done = [item for item in items if 'o_checked' in (item.get('class') or '')]
            ticket.checklist_progress = f'{len(done)} / {len(items)}' if items else False

    @api.depends_context('uid')
    def _compute_has_quick_templates(self):
        self.has_quick_templates = bool(
            self.env['helpdesk.ticket.template'].search_count([('is_quick', '=', True)], limit=1)
        )

    # === ONCHANGE METHODS === #

    @api.onchange('template_id')
    def _onchange_template_id(self):
        """Fill in what the template says; a title the agent has written himself is kept."""
        template = self.template_id
        if not template:
            return
        values = template._prepare_ticket()
        if self.name and not template.search_count([('subject', '=', self.name)], limit=1):
            values.pop('name', None)
        self.update(values)

    # === CRUD METHODS === #

    @api.model
    def _prepare_create_vals(self, vals_list):
        """Override of `aftercare_helpdesk`: the template fills in what was left open."""
        context = self.env.context
        Template = self.env['helpdesk.ticket.template']
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            template = Template.browse(
                vals.get('template_id', context.get('default_template_id')) or ()
            )
            for name, value in (template._prepare_ticket() if template else {}).items():
                is_open = name not in vals and f'default_{name}' not in context
                if is_open or (name in ('name', 'description') and is_html_empty(vals.get(name))):
                    vals[name] = value
        return super()._prepare_create_vals(vals_list)

    # === ACTION METHODS === #

    @api.readonly
    def get_macros(self):
        """Return the macros the user can use for the tickets, those he uses most first.

        :return: list of dicts ``id``, ``name``, ``summary``, ``is_private``, ``is_previewed``
        """
        self.check_access('read')
        Macro = self.env['helpdesk.macro']
        macros = Macro.search(Macro._get_domain_for(self))
        # sudo: helpdesk.macro.use - one's own habits
        counts = dict(
            self.env['helpdesk.macro.use']
            .sudo()
            ._read_group(
                [('user_id', '=', self.env.uid), ('macro_id', 'in', macros.ids)],
                ['macro_id'],
                ['__count'],
            )
        )
        return [
            {
                'id': macro.id,
                'name': macro.name,
                'summary': macro.summary,
                'is_private': bool(macro.user_id),
                'is_previewed': macro.is_previewed,
            }
            for macro in macros.sorted(lambda macro: -counts.get(macro, 0))
        ]

    def action_apply_macro(self, macro_id):
        """Use a macro at once, or show what it would say if it wants to be read first.

        :param int macro_id: the ``helpdesk.macro``
        :return: an action, or True
        """
        macro = self.env['helpdesk.macro'].browse(macro_id).exists()
        if not macro:
            raise UserError(self.env._("This macro has been deleted."))
        macro.check_access('read')
        if macro.is_previewed:
            return self.action_preview_macro(macro_id)
        macro._apply(self)
        return True

    def action_preview_macro(self, macro_id=False):
        """Open the dialog that shows what a macro does to the tickets."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Use a Macro"),
            'res_model': 'helpdesk.macro.apply',
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_ticket_ids': self.ids, 'default_macro_id': macro_id},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_priorities(self):
        """Return the priorities of tickets in the user's language, for fields that offer them."""
        return self._fields['priority']._description_selection(self.env)

    def _get_today(self):
        """Return the date where the user is."""
        return fields.Date.context_today(self)
