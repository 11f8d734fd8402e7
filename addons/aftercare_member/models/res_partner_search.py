import re

from odoo import api, fields, models
from odoo.fields import Domain

LEADING_ZEROS = re.compile(r'^0{1,2}(?=[1-9]\d{6})')
PHONE_SEPARATORS = re.compile(r'[\s./()+\-\u200c-\u200f\u00a0]')


class ResPartner(models.Model):
    _inherit = 'res.partner'

    member_keywords = fields.Char(
        compute='_compute_member_keywords',
        store=True,
        index='trigram',
        help="Everything a member is looked up by in one text: number, name, e-mail, phone digits.",
    )
    member_search = fields.Char(string="Member Search", store=False, search='_search_member_search')
    in_my_regions = fields.Boolean(compute='_compute_in_my_regions', search='_search_in_my_regions')
    same_email_partner_ids = fields.Many2many(
        'res.partner',
        string="Contacts with the Same E-mail",
        compute='_compute_same_email_partner_ids',
        groups='aftercare_base.aftercare_base_group_user',
    )

    _email_normalized_idx = models.Index('(email_normalized) WHERE email_normalized IS NOT NULL')

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._get_member_keyword_fields())
    def _compute_member_keywords(self):
        for partner in self:
            words = partner._get_member_keywords() if partner.is_member else []
            partner.member_keywords = ' '.join(word for word in words if word) or False

    def _search_member_search(self, operator, value):
        if operator not in ('ilike', 'like', '=') or not isinstance(value, str):
            return NotImplemented
        return self._get_member_search_domain(value)

    @api.depends('region_id')
    @api.depends_context('uid', 'company')
    def _compute_in_my_regions(self):
        mine = self.filtered_domain(self._get_my_regions_domain())
        mine.in_my_regions = True
        (self - mine).in_my_regions = False

    def _search_in_my_regions(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._get_my_regions_domain()

    @api.depends('email_normalized')
    def _compute_same_email_partner_ids(self):
        emails = {email for email in self.mapped('email_normalized') if email}
        groups = dict(
            self._read_group(
                [('email_normalized', 'in', list(emails)), ('type', '=', 'contact')],
                ['email_normalized'],
                ['id:recordset'],
            )
        )
        for partner in self:
            same = groups.get(partner.email_normalized, self.browse())
            partner.same_email_partner_ids = same - partner._origin

    # === CRUD METHODS === #

    def _search_display_name(self, operator, value):
        """Override of `base`: members are found by number and phone wherever one is chosen."""
        domain = super()._search_display_name(operator, value)
        if operator in ('ilike', 'like') and isinstance(value, str) and value.strip():
            return Domain(domain) | self._get_member_search_domain(value)
        return domain

    # === BUSINESS METHODS: finding === #

    @api.model
    def _get_member_keyword_fields(self):
        """Return the fields behind ``_get_member_keywords``."""
        return [
            'is_member',
            'member_number',
            'complete_name',
            'email_normalized',
            'phone_sanitized',
            'phone',
            'ref',
            'external_ref_ids.reference',
        ]

    def _get_member_keywords(self):
        """Return what a member is looked up by; addons with more (a domain, a serial number)
        extend this together with ``_get_member_keyword_fields``."""
        self.ensure_one()
        phone = self._to_digits(self.phone_sanitized or self.phone or '')
        # sudo: member.external.ref - everybody who sees the member may find it by its references
        references = self.sudo().external_ref_ids.mapped('reference')
        own = [self.member_number, self.complete_name, self.email_normalized, phone, self.ref]
        return own + references

    @api.model
    def _get_member_search_domain(self, text):
        """Return the domain of the members among whose keywords every word of ``text`` is.

        Phone numbers are found however they are written: with a prefix or without, grouped
        or not, in Latin or other digits.
        """
        if digits := self._to_digits(text):
            # 0086 138…, 0912…: what stands before depends on where one calls from
            text = LEADING_ZEROS.sub('', digits)
        return Domain.AND(Domain('member_keywords', 'ilike', word) for word in text.split())

    @api.model
    def _to_digits(self, phone):
        """Return the digits of a phone number in ASCII, '' when it is not one."""
        digits = PHONE_SEPARATORS.sub('', phone)
        return ''.join(str(int(digit)) for digit in digits) if digits.isdecimal() else ''

    @api.model
    def _get_my_regions_domain(self):
        """Return the domain of the partners in the regions of the user's agent."""
        regions = self.env.user.service_agent_id.region_ids
        return Domain('region_id', 'child_of', regions.ids) if regions else Domain.FALSE
