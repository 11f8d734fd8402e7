from odoo import api, fields, models
from odoo.exceptions import UserError

GROUP = 'helpdesk_mgmt.group_helpdesk_user_own'


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    product_id = fields.Many2one(
        comodel_name='product.product',
        string="Product",
        index='btree_not_null',
        tracking=True,
        help="What the ticket is about. Returns and repairs start from it.",
    )
    after_sales_actions = fields.Json(
        compute='_compute_after_sales_actions', groups=GROUP, export_string_translation=False
    )
    after_sales_rows = fields.Json(
        compute='_compute_after_sales_rows', groups=GROUP, export_string_translation=False
    )

    # === COMPUTE METHODS === #

    @api.depends('team_id', 'commercial_partner_id', 'company_id')
    @api.depends_context('uid', 'lang')
    def _compute_after_sales_actions(self):
        for ticket in self:
            actions = ticket._get_after_sales_actions() if ticket._origin else []
            ticket.after_sales_actions = sorted(actions, key=lambda action: action['sequence'])

    @api.depends_context('uid', 'lang')
    def _compute_after_sales_rows(self):
        rows = {ticket_id: [] for ticket_id in self._origin.ids}
        for model in self._get_after_sales_models():
            for ticket, documents_sudo in self._get_after_sales_documents(model).items():
                rows[ticket.id] += documents_sudo._prepare_after_sales_rows()
        for ticket in self:
            ticket.after_sales_rows = rows.get(ticket._origin.id, [])

    def _compute_after_sales_counter(self, model, count_field, state_field):
        """Fill the two fields behind a smart button, with one query for all tickets.

        :param str model: one of ``_get_after_sales_models``
        :param str count_field: gets the number of documents
        :param str state_field: gets the word for the state of the newest
        """
        documents = self._get_after_sales_documents(model)
        for ticket in self:
            mine_sudo = documents.get(ticket._origin, ())
            ticket[count_field] = len(mine_sudo)
            ticket[state_field] = mine_sudo and mine_sudo[0]._get_after_sales_state()[0]

    # === BUSINESS METHODS === #

    @api.model
    def _get_belongings(self):
        """Override of `aftercare_helpdesk`: what came of the ticket goes along."""
        documents = dict.fromkeys(self._get_after_sales_models(), 'ticket_id')
        return {**super()._get_belongings(), **documents}

    def _get_after_sales_actions(self):
        """Return what the user may do for the customer now. Addons add theirs.

        :return: list of dicts: ``name`` of the button method, ``label``, ``icon``, ``sequence``
        """
        self.ensure_one()
        return []

    @api.model
    def _get_after_sales_models(self):
        """Return the names of the models that come of after-sales actions. Addons add theirs."""
        return []

    def _is_after_sales_open(self, switch):
        """Tell whether the user may take an action, as far as the ticket and its team decide.

        :param str switch: name of the team's field that allows the action
        """
        self.ensure_one()
        # sudo: helpdesk.ticket.team - the switch holds for everybody
        return bool(
            self.commercial_partner_id
            and self.team_id.sudo()[switch]
            and self._origin.has_access('write')
        )

    def _check_after_sales(self, switch):
        """Refuse an action the ticket or its team does not allow, and say why.

        :param str switch: name of the team's field that allows the action
        :raises UserError: if the action is refused
        """
        self.ensure_one()
        self.check_access('write')
        if not self.commercial_partner_id:
            raise UserError(self.env._("Say first who the customer of the ticket is."))
        # sudo: helpdesk.ticket.team - the switch holds for everybody
        if not self.team_id.sudo()[switch]:
            raise UserError(self.env._("The team of the ticket does not offer this."))

    def _get_after_sales_documents(self, model):
        """Return what came of the tickets, the newest first.

        :param str model: one of ``_get_after_sales_models``
        :return: dict of ticket → documents, readable for everybody who sees the ticket
        """
        # sudo: documents - who works on the ticket may know what came of it
        documents_sudo = (
            self.env[model].sudo().search([('ticket_id', 'in', self._origin.ids)], order='id desc')
        )
        return documents_sudo.grouped('ticket_id')

    def _open_after_sales(self, wizard, title):
        """Return the action that opens a wizard for the ticket."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': title,
            'res_model': wizard,
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_ticket_id': self.id},
        }

    def _view_after_sales_documents(self, model, title):
        """Return the action that shows what came of the ticket.

        Who has the rights gets the documents themselves, everybody else reads the summary.
        """
        self.ensure_one()
        documents_sudo = self._get_after_sales_documents(model).get(self, self.env[model].sudo())
        documents = documents_sudo.sudo(False)
        if documents.has_access('read'):
            action = {'type': 'ir.actions.act_window', 'name': title, 'res_model': model}
            if len(documents) == 1:
                return {**action, 'view_mode': 'form', 'res_id': documents.id}
            return {**action, 'view_mode': 'list,form', 'domain': [('id', 'in', documents.ids)]}
        return {
            'type': 'ir.actions.client',
            'tag': 'helpdesk_after_sales_results',
            'name': title,
            'target': 'new',
            'params': {'rows': documents_sudo._prepare_after_sales_rows()},
        }
