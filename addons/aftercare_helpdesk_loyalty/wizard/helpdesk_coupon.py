from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class HelpdeskCoupon(models.TransientModel):
    """An agent gives the customer of a ticket a coupon."""

    _name = 'helpdesk.coupon'
    _inherit = 'helpdesk.after.sales'
    _description = "Coupon"
    _switch = 'can_give_coupon'

    program_id = fields.Many2one(
        comodel_name='loyalty.program',
        string="Programme",
        compute='_compute_program_id',
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    program_choices = fields.Json(
        compute='_compute_program_choices', export_string_translation=False
    )
    valid_until = fields.Date(
        compute='_compute_valid_until', compute_sudo=False, store=True, readonly=False
    )

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    def _compute_program_choices(self):
        for wizard in self:
            wizard.program_choices = [
                {
                    'id': program_sudo.id,
                    'title': program_sudo.name,
                    'subtitle': ', '.join(
                        filter(None, program_sudo.reward_ids.mapped('description'))
                    ),
                    'value': format_date(self.env, program_sudo.date_to)
                    if program_sudo.date_to
                    else '',
                }
                for program_sudo in wizard._get_available_programs()
            ]

    @api.depends('ticket_id')
    def _compute_program_id(self):
        for wizard in self:
            programs_sudo = wizard._get_available_programs()
            wizard.program_id = len(programs_sudo) == 1 and programs_sudo

    @api.depends('program_id')
    def _compute_valid_until(self):
        for wizard in self:
            wizard.valid_until = wizard._get_chosen_program().date_to

    # === CONSTRAINT METHODS === #

    @api.constrains('program_id')
    def _check_program_id(self):
        for wizard in self.sudo(False):
            wizard._check_choice()

    # === BUSINESS METHODS === #

    def _get_available_programs(self):
        """Return the programmes the customer may get a coupon of, by superuser rights."""
        self.ensure_one()
        ticket = self.ticket_id
        if not ticket or not ticket._is_after_sales_open(self._switch):
            return self.env['loyalty.program'].sudo()
        return ticket._find_coupon_programs()

    def _get_chosen_program(self):
        """Return the programme by superuser rights, if it may be chosen."""
        self.ensure_one()
        # sudo: loyalty.program - checked to be a running programme of the ticket's company
        return self.program_id.sudo() & self._get_available_programs()

    def _get_default_message(self):
        """Override of `aftercare_helpdesk_after_sales`."""
        return self.env._("Thank you for your patience. Please accept this coupon from us.")

    def _check_choice(self):
        """Override of `aftercare_helpdesk_after_sales`: no other programme, no coupon of yesterday."""
        super()._check_choice()
        if not self._get_chosen_program():
            raise UserError(self.env._("Choose a coupon programme that runs now."))
        if self.valid_until and self.valid_until < fields.Date.context_today(self):
            raise UserError(self.env._("The coupon would have expired already."))

    def _create_documents(self):
        """Override of `aftercare_helpdesk_after_sales`: leave it to the programme's own wizard."""
        program_sudo = self._get_chosen_program()
        # The customer is told in the ticket, not once more by the programme.
        coupons_sudo = (
            program_sudo.env['loyalty.generate.wizard']
            .with_context(loyalty_no_mail=True)
            .create(
                {
                    'program_id': program_sudo.id,
                    'mode': 'selected',
                    'customer_ids': [fields.Command.set(self.partner_id.ids)],
                    'points_granted': min(
                        program_sudo.reward_ids.mapped('required_points'), default=1
                    ),
                    'valid_until': self.valid_until,
                    'description': self.env._("Ticket %(number)s", number=self.ticket_id.number),
                }
            )
            .generate_coupons()
        )
        # sudo: loyalty.card - those just made, without the context they were made in
        return self.env['loyalty.card'].sudo().browse(coupons_sudo.ids)

    def _get_note(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: which coupon, and what it is good for."""
        return self.env._(
            "Coupon %(code)s: %(programme)s",
            code=documents_sudo.code,
            programme=documents_sudo.program_id.name,
        )

    def _get_customer_facts(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: the link, or all where no template tells it."""
        facts = []
        if not self._get_template(documents_sudo):
            facts.append((self.env._("Code"), documents_sudo.code))
            if self.valid_until:
                facts.append((self.env._("Valid until"), format_date(self.env, self.valid_until)))
        link = documents_sudo._get_after_sales_link()
        if link:
            facts.append((self.env._("Use it here"), link))
        return facts

    def _get_customer_extra(self, documents_sudo):
        """Override of `aftercare_helpdesk_after_sales`: the coupon as its programme presents it."""
        template_sudo = self._get_template(documents_sudo)
        extra = super()._get_customer_extra(documents_sudo)
        if not template_sudo:
            return extra
        bodies = template_sudo._render_field(
            'body_html', documents_sudo.ids, set_lang=self.env.context.get('lang')
        )
        return extra + bodies[documents_sudo.id]

    @api.model
    def _get_template(self, documents_sudo):
        """Return the mail template of the coupon, by superuser rights."""
        template = documents_sudo._get_default_template() or self.env.ref(
            'loyalty.mail_template_loyalty_card', raise_if_not_found=False
        )
        # sudo: mail.template - rendered for a coupon that has just been made for the customer
        return template.sudo() if template else self.env['mail.template'].sudo()
