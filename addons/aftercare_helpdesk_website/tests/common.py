import re
import time
from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, new_test_user

PNG = bytes.fromhex(
    '89504e470d0a1a0a0000000d4948445200000001000000010806000000'
    '1f15c4890000000d49444154789c6364f8cf500f0003860180'
    '5a347d6a0000000049454e44ae426082'
)
PDF = b'%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n'
EXE = b'MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00' + b'\x00' * 200


class HelpdeskWebsiteCase(HttpCase):
    """Two customers, an agent, two teams; forms are used as a browser does, over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                tracking_disable=True,
                mail_create_nosubscribe=True,
                no_reset_password=True,
            )
        )
        # The pages are read in English, whatever languages the database has
        english = cls.env['res.lang']._activate_lang('en_US')
        for website in cls.env['website'].search([]):
            website.language_ids += english
            website.default_lang_id = english
        cls.agent = new_test_user(
            cls.env,
            'website_agent',
            groups='helpdesk_mgmt.group_helpdesk_user',
            name="Mei Chen",
            email='mei@aftercare.example',
            lang='en_US',
        )
        cls.customer = cls._create_customer('website_ada', "Ada Lovelace")
        cls.stranger = cls._create_customer('website_bob', "Bob Miller")
        cls.Team = cls.env['helpdesk.ticket.team']
        cls.team = cls.Team.create(
            {
                'name': "Website Test Support",
                'user_ids': [Command.set(cls.agent.ids)],
                'is_website_form': True,
                'website_ask_priority': True,
            }
        )
        cls.hidden_team = cls.Team.create({'name': "Website Test Hidden"})
        stages = cls.env['helpdesk.ticket.stage']
        cls.stage_new = stages.create(cls._stage("Web New", 1, unattended=True))
        cls.stage_progress = stages.create(cls._stage("Web Progress", 2))
        cls.stage_waiting = stages.create(cls._stage("Web Waiting", 3, is_waiting=True))
        cls.stage_done = stages.create(
            cls._stage("Web Done", 4, closed=True, close_from_portal=True)
        )
        cls.stage_cancelled = stages.create(
            cls._stage("Web Cancelled", 5, closed=True, close_from_portal=True, is_cancelled=True)
        )
        cls.stage_rejected = stages.create(cls._stage("Web Rejected", 6, closed=True))
        # Stages of the database at hand would come in between
        cls.own_stages = (
            cls.stage_new
            | cls.stage_progress
            | cls.stage_waiting
            | cls.stage_done
            | cls.stage_cancelled
            | cls.stage_rejected
        )
        cls.env['helpdesk.ticket.stage'].search(
            [('team_ids', '=', False), ('id', 'not in', cls.own_stages.ids)]
        ).team_ids = cls.hidden_team

    @classmethod
    def _create_customer(cls, login, name):
        return new_test_user(
            cls.env,
            login,
            groups='base.group_portal',
            name=name,
            email=f'{login}@customer.example',
            tz='UTC',
            lang='en_US',
        )

    @classmethod
    def _stage(cls, name, sequence, **values):
        return {
            'name': name,
            'sequence': sequence,
            'company_id': False,
            'mail_template_id': False,
            **values,
        }

    @classmethod
    def _create_ticket(cls, name="The printer is silent", user=None, **values):
        partner = (user or cls.customer).partner_id
        return cls.env['helpdesk.ticket'].create(
            {
                'name': name,
                'description': "<p>No sound at all.</p>",
                'partner_id': partner.id,
                'partner_name': partner.name,
                'partner_email': partner.email,
                'team_id': cls.team.id,
                'stage_id': cls.stage_new.id,
                **values,
            }
        )

    @classmethod
    def _set_limits(cls, **limits):
        for name, value in limits.items():
            key = f'aftercare_helpdesk_website.tickets_per_{name}'
            cls.env['ir.config_parameter'].set_param(key, value)

    # === FORMS === #

    def _login(self, user=None):
        login = user and user.login
        self.authenticate(login, login)

    def _get_page(self, url, status=200):
        response = self.url_open(url)
        self.assertEqual(response.status_code, status, response.text[:500])
        return html.fromstring(response.text)

    def _get_form_values(self, team=None, age=60):
        """Return the values of an untouched form that was opened some seconds ago."""
        team = team or self.team
        page = self._get_page(team.website_url)
        form = page.xpath("//form[contains(@class, 'o_ticket_form')]")[0]
        values = {
            field.get('name'): field.get('value') or ''
            for field in form.xpath(".//input[@name and @type != 'file']")
        }
        values['form_token'] = team._make_website_form_token(issued=time.time() - age)
        return values

    def _get_filled_values(self, team=None, age=60, **values):
        filled = {
            'name': "Grace Hopper",
            'email': 'grace@visitor.example',
            'subject': "Moth in the relay",
            'description': "First line\nSecond line",
        }
        return {**self._get_form_values(team, age), **filled, **values}

    def _post_form(self, values, files=(), team=None, **kwargs):
        uploads = [('attachments', file) for file in files] or None
        team = team or self.team
        return self.url_open(team.website_url, data=values, files=uploads, **kwargs)

    def _get_errors(self, response):
        """Return the texts of the errors on a page."""
        page = html.fromstring(response.text)
        nodes = page.xpath("//div[contains(@class, 'invalid-feedback')] | //div[@id='form_errors']")
        return " ".join(" ".join(node.text_content().split()) for node in nodes)

    def _find_tickets(self, subject="Moth in the relay"):
        return self.env['helpdesk.ticket'].search([('name', '=', subject)])

    def _post_page_form(self, url, action, data=None, **kwargs):
        """Post one of the small forms of a portal page, with the CSRF token of that page."""
        token = re.search(r'csrf_token: "([^"]+)"', self.url_open(url).text).group(1)
        return self.url_open(action, data={'csrf_token': token, **(data or {})}, **kwargs)

    def _patch_location(self, country_code):
        location = {'country_code': country_code, 'state_code': None, 'source': 'test'}
        locator = self.env.registry['ip.location']
        patcher = patch.object(locator, 'locate', lambda self, ip: location)
        self.startPatcher(patcher)
