import binascii
import time
import uuid

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html
from odoo.tools.misc import hash_sign, verify_hash_signed
from odoo.tools.translate import html_translate

from .. import utils

ASKED = [
    ('no', "Not asked"),
    ('optional', "Optional"),
    ('required', "Required"),
]
DEFAULT_FILE_SIZE = 10
FORM_TOKEN_SCOPE = 'aftercare_helpdesk_website.form'
FORM_TOKEN_HOURS = 24


class HelpdeskTicketTeam(models.Model):
    _name = 'helpdesk.ticket.team'
    _inherit = ['helpdesk.ticket.team', 'website.published.mixin']

    is_website_form = fields.Boolean(
        string="Ticket Form on the Website",
        copy=False,
        index=True,
        tracking=True,
        help="Anyone who visits the website can send a ticket to this team.",
    )
    # One switch under both names: ours, and the one the website's own publish button knows
    is_published = fields.Boolean(related='is_website_form', readonly=False, default=None)
    website_slug = fields.Char(
        string="Form Address",
        compute='_compute_website_slug',
        store=True,
        readonly=False,
        copy=False,
        help="The last part of the form's address on the website.",
    )
    website_description = fields.Html(
        string="Introduction",
        translate=html_translate,
        sanitize_overridable=True,
        sanitize_attributes=False,
        sanitize_form=False,
        help="Shown above the form and, shortened, on the list of teams.",
    )
    website_success_message = fields.Html(
        string="Thank-you Text",
        translate=html_translate,
        sanitize_overridable=True,
        sanitize_attributes=False,
        help="Shown under the ticket number once the ticket is sent.",
    )
    website_ask_type = fields.Selection(
        selection=ASKED, string="Ask the Type", default='optional', required=True
    )
    website_ask_category = fields.Selection(
        selection=ASKED, string="Ask the Category", default='optional', required=True
    )
    website_ask_phone = fields.Selection(
        selection=ASKED, string="Ask the Phone", default='optional', required=True
    )
    website_ask_priority = fields.Boolean(
        string="Ask the Priority", help="The visitor says how urgent it is."
    )
    website_max_files = fields.Integer(
        string="Files per Ticket", default=5, help="0: the form takes no files."
    )
    website_max_file_size = fields.Integer(string="MB per File", default=DEFAULT_FILE_SIZE)
    website_file_types = fields.Char(
        string="Accepted File Types",
        default=utils.DEFAULT_FILE_TYPES,
        help="Extensions with commas in between. Programs and web pages are never accepted.",
    )

    _website_slug_uniq = models.Constraint(
        'UNIQUE(website_slug)', "Another team already has this form address."
    )
    _website_files_range = models.Constraint(
        'CHECK(website_max_files BETWEEN 0 AND 20 AND website_max_file_size BETWEEN 1 AND 100)',
        "A form takes at most 20 files of 1 to 100 MB each.",
    )

    # === COMPUTE METHODS === #

    @api.depends('name')
    def _compute_website_slug(self):
        """Give each team an address once; later it stays, since links to it are out there."""
        new_teams = self.filtered(lambda team: team.name and not team.website_slug)
        if not new_teams:
            return
        # sudo: helpdesk.ticket.team - addresses are unique over all companies
        groups = self.sudo().with_context(active_test=False)._read_group([], ['website_slug'])
        taken = {slug for (slug,) in groups}
        for team in new_teams:
            base = slug = self.env['ir.http']._slugify(team.name) or 'support'
            number = 1
            while slug in taken:
                number += 1
                slug = f'{base}-{number}'
            taken.add(slug)
            team.website_slug = slug

    @api.depends('website_slug')
    def _compute_website_url(self):
        super()._compute_website_url()
        for team in self:
            if team.website_slug:
                team.website_url = f'/helpdesk/{team.website_slug}'

    # === CONSTRAINT METHODS === #

    @api.constrains('website_slug')
    def _check_website_slug(self):
        slugify = self.env['ir.http']._slugify
        for team in self.filtered('website_slug'):
            if slugify(team.website_slug) != team.website_slug:
                raise ValidationError(
                    self.env._(
                        "The form address “%(slug)s” may hold lower-case letters, digits"
                        " and single hyphens only, such as “%(example)s”.",
                        slug=team.website_slug,
                        example=slugify(team.website_slug) or 'support',
                    )
                )

    @api.constrains('is_website_form', 'visibility')
    def _check_website_form_visibility(self):
        for team in self:
            if team.is_website_form and team.visibility != 'portal':
                raise ValidationError(
                    self.env._(
                        "Customers could send tickets to “%(team)s” but not see them. Let the"
                        " customer see the team's tickets before you publish its form.",
                        team=team.name,
                    )
                )

    @api.constrains('website_file_types')
    def _check_website_file_types(self):
        for team in self:
            forbidden = utils.FORBIDDEN_EXTENSIONS.intersection(team._get_website_file_types())
            if forbidden:
                raise ValidationError(
                    self.env._(
                        "Files of these types could run on the agents' computers"
                        " and are never accepted: %s",
                        ", ".join(sorted(forbidden)),
                    )
                )

    # === BUSINESS METHODS: WHAT THE FORM LOOKS LIKE === #

    @api.model
    def _get_website_form_domain(self, website):
        """Return the domain of the teams whose form a website shows."""
        return Domain('is_website_form', '=', True) & Domain(
            'company_id', 'in', [False, website._get_cached('company_id')]
        )

    def _get_website_file_types(self):
        """Return the extensions a visitor may send, lower case without dots."""
        self.ensure_one()
        return utils.parse_extensions(self.website_file_types)

    def _check_website_file(self, name, content):
        """Return why a file of a customer is refused, None when it may be stored."""
        size = self.website_max_file_size or DEFAULT_FILE_SIZE
        types = utils.parse_extensions(self.website_file_types or utils.DEFAULT_FILE_TYPES)
        error = utils.check_file(name, content, types, size * utils.MEGABYTE)
        return error and self.env._(error)

    def _get_website_max_request_size(self):
        """Return how many bytes a whole form with all its files may have."""
        self.ensure_one()
        files = self.website_max_files * self.website_max_file_size
        return files * utils.MEGABYTE + utils.MEGABYTE

    def _get_website_types(self):
        """Return the ticket types the form offers."""
        self.ensure_one()
        if self.website_ask_type == 'no':
            return self.env['helpdesk.ticket.type']
        types = self.type_ids or self.env['helpdesk.ticket.type'].search([])
        return types.filtered('show_in_portal')

    def _get_website_categories(self):
        """Return the categories the form offers."""
        self.ensure_one()
        if self.website_ask_category == 'no':
            return self.env['helpdesk.ticket.category']
        categories = self.category_ids or self.env['helpdesk.ticket.category'].search(
            [('company_id', 'in', [False, self.company_id.id])]
        )
        return categories.filtered('show_in_portal')

    def _get_website_excerpt(self):
        """Return the first words of the introduction as plain text."""
        self.ensure_one()
        text = " ".join(html2plaintext(self.website_description or '').split())
        return text if len(text) <= 160 else text[:160].rsplit(" ", 1)[0] + " …"

    # === BUSINESS METHODS: ONE FORM, ONE TICKET === #

    def _make_website_form_token(self, issued=None):
        """Return the signed one-time token of a form that is about to be shown.

        :param float issued: when the form was shown, seconds since the epoch, default now
        """
        self.ensure_one()
        values = [self.id, uuid.uuid4().hex, issued or time.time()]
        # sudo: ir.config_parameter - signing reads the secret of the database
        return hash_sign(
            self.sudo().env, FORM_TOKEN_SCOPE, values, expiration_hours=FORM_TOKEN_HOURS
        )

    def _read_website_form_token(self, token):
        """Return ``(key, issued)`` of a token made for this team, ``(None, None)`` otherwise.

        The key is what makes the ticket unique; issued is in seconds since the epoch.
        """
        self.ensure_one()
        try:
            # sudo: ir.config_parameter - checking the signature reads the secret of the database
            values = verify_hash_signed(self.sudo().env, FORM_TOKEN_SCOPE, token or '')
        except (ValueError, binascii.Error, UnicodeError):
            values = None
        if not values or values[0] != self.id:
            return None, None
        return values[1], values[2]

    def _create_website_ticket(self, values, files=(), ip=None, author=None):
        """Create the ticket of a filled-in form whose values were checked before.

        :param dict values: ``name``, ``description`` (plain text), ``partner_name``,
            ``partner_email``, ``website_form_key`` and optionally ``partner_phone``, ``type_id``,
            ``category_id``, ``priority``
        :param files: pairs of file name and bytes
        :param str ip: the visitor's address, for the region
        :param author: the partner of a signed-in sender; empty for a visitor, who is linked to
            the contact of that e-mail address but stays unverified until the mailed link is used
        :return: the ticket
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        team = self.with_company(company)
        region = self.env['service.region'].find_by_ip(ip) if ip else None
        partner = author or team._find_or_create_website_partner(values, region)
        channel_id = self.env['ir.model.data']._xmlid_to_res_id(
            'helpdesk_mgmt.helpdesk_ticket_channel_web'
        )
        ticket = team.env['helpdesk.ticket'].create(
            {
                **values,
                'description': plaintext2html(values['description']),
                'team_id': self.id,
                'company_id': company.id,
                'partner_id': partner.id,
                'channel_id': channel_id,
                'region_id': region and region.id,
                'is_sender_unverified': not author,
                'user_id': False,
            }
        )
        team.env['ir.attachment'].create(
            [
                {'name': name, 'raw': content, 'res_model': ticket._name, 'res_id': ticket.id}
                for name, content in files
            ]
        )
        if not author:
            ticket._send_website_acknowledgement()
        return ticket

    def _find_or_create_website_partner(self, values, region=None):
        """Return the contact with the e-mail address of a visitor; a known one is not changed."""
        email = values['partner_email']
        return self.env['mail.thread']._partner_find_from_emails_single(
            [email],
            additional_values={
                email: {
                    'name': values['partner_name'],
                    'phone': values.get('partner_phone'),
                    'lang': self.env.lang,
                    'company_id': False,
                }
            },
        )
