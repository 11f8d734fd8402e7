import time
from unittest.mock import patch

from odoo.addons.aftercare_helpdesk_website.controllers import form
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import EXE, PDF, PNG, HelpdeskWebsiteCase


@tagged('post_install', '-at_install')
class TestTicketForm(HelpdeskWebsiteCase):
    # Loading the first page of a test takes most of its time: each test tells a whole story

    # === WHAT IS SHOWN === #

    def test_only_published_forms_are_open(self):
        self._login()
        text = self.url_open('/helpdesk').text
        self.assertIn(self.team.name, text)
        self.assertNotIn(self.hidden_team.name, text)
        for url in ('/helpdesk/no-such-team', self.hidden_team.website_url):
            self.assertEqual(self.url_open(url).status_code, 404)
            self.assertEqual(self.url_open(url + '/thanks').status_code, 404)
        values = self._get_filled_values()
        self.team.is_website_form = False
        self.assertEqual(self._post_form(values).status_code, 404)
        self.team.write({'is_website_form': True, 'active': False})
        self.assertEqual(self._post_form(values).status_code, 404)
        self.assertFalse(self._find_tickets())

    def test_manager_sees_the_form_before_it_is_published(self):
        self.agent.group_ids += self.env.ref('helpdesk_mgmt.group_helpdesk_manager')
        self._login(self.agent)
        self.assertIn("it is not published", self.url_open(self.hidden_team.website_url).text)
        response = self._post_form(self._get_filled_values(), team=self.hidden_team)
        self.assertEqual(response.status_code, 404)

    def test_form_asks_what_the_team_wants_to_know(self):
        self._login()
        self.team.write({'website_ask_phone': 'no', 'website_ask_priority': False})
        page = self._get_page(self.team.website_url + '?subject="><script>x')
        names = set(page.xpath('//form//*/@name'))
        self.assertLessEqual({'name', 'email', 'subject', 'description', 'attachments'}, names)
        self.assertFalse({'phone', 'priority'} & names)
        self.assertEqual(page.xpath("//input[@id='subject']/@value"), ['"><script>x'])
        self.assertTrue(page.xpath("//form[@data-captcha='helpdesk_ticket']"))
        self.team.write(
            {'website_ask_phone': 'required', 'website_ask_priority': True, 'website_max_files': 0}
        )
        page = self._get_page(self.team.website_url)
        self.assertTrue(page.xpath("//input[@id='phone']/@required"))
        self.assertTrue(page.xpath("//select[@id='priority']"))
        self.assertFalse(page.xpath("//input[@id='attachments']"))

    # === VISITORS === #

    def test_visitor_sends_a_ticket(self):
        region = self.env['service.region'].create({'name': "Website Test Region"})
        Region = self.env.registry['service.region']
        self.startPatcher(patch.object(Region, 'find_by_ip', lambda self, ip: region))
        self._login()
        response = self._post_form(self._get_filled_values(), allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        ticket = self._find_tickets()
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.region_id, region)
        self.assertEqual(ticket.description, "<p>First line<br>Second line</p>")
        self.assertEqual(ticket.partner_name, "Grace Hopper")
        self.assertEqual(ticket.partner_email, 'grace@visitor.example')
        self.assertEqual(ticket.partner_id.email, 'grace@visitor.example')
        self.assertEqual(
            ticket.channel_id, self.env.ref('helpdesk_mgmt.helpdesk_ticket_channel_web')
        )
        self.assertIn(ticket.partner_id, ticket.message_partner_ids)
        self.assertEqual(ticket.message_ids.author_id, ticket.partner_id)
        self.assertTrue(ticket.is_sender_unverified)
        arch = self.env['helpdesk.ticket'].get_view(view_type='form')['arch']
        self.assertIn('not is_sender_unverified', arch, "agents are warned")

        token = ticket._portal_ensure_token()
        thanks = self.url_open(response.headers['Location']).text
        self.assertIn(ticket.number, thanks)
        self.assertIn('grace@visitor.example', thanks)
        self.assertNotIn(f'/my/ticket/{ticket.id}', thanks)
        self.assertNotIn(token, thanks)
        self.assertTrue(ticket.is_sender_unverified)

        # The link, which was only mailed, opens the ticket and so proves the address
        self.assertIn("Moth in the relay", self.url_open(ticket.get_portal_url()).text)
        self.assertFalse(ticket.is_sender_unverified)

    def test_link_is_mailed_once(self):
        rule = self.env['notification.rule'].search(
            [
                ('event_id.code', '=', 'ticket_created'),
                ('audience', '=', 'customer'),
                ('channel', '=', 'mail'),
            ]
        )
        values = {
            'name': "Moth",
            'description': "Moth",
            'partner_name': "Grace",
            'partner_email': 'grace@visitor.example',
        }
        sent = [('email_to', '=', 'grace@visitor.example'), ('model', '=', 'helpdesk.ticket')]
        team = self.team.with_context(tracking_disable=False)
        team._create_website_ticket(values)
        self.assertFalse(self.env['mail.mail'].search(sent), "the rule's mail has the link")
        rule.active = False
        ticket = team._create_website_ticket(values)
        mail = self.env['mail.mail'].search(sent)
        self.assertEqual(len(mail), 1)
        self.assertIn(ticket.number, mail.subject)
        self.assertIn(ticket.access_token, mail.body_html)
        self.assertFalse(mail.email_cc or mail.recipient_ids)
        team._create_website_ticket(values, author=self.customer.partner_id)
        self.assertEqual(self.env['mail.mail'].search(sent), mail)

    def test_visitor_with_a_members_address_learns_nothing(self):
        self.customer.partner_id.write({'phone': '+34 600 111 222', 'street': "Secret Street 1"})
        self._login()
        values = self._get_filled_values(
            name="Somebody", email=f' {self.customer.email.upper()} ', phone='+34 612 34 56 78'
        )
        response = self._post_form(values)
        ticket = self._find_tickets()
        self.assertEqual(ticket.partner_id, self.customer.partner_id)
        self.assertEqual(ticket.partner_name, "Somebody")
        self.assertEqual(ticket.partner_phone, '+34 612 34 56 78')
        self.assertTrue(ticket.is_sender_unverified)
        self.assertEqual(self.customer.partner_id.name, "Ada Lovelace")
        self.assertEqual(self.customer.partner_id.phone, '+34 600 111 222')
        token = ticket._portal_ensure_token()
        for secret in ("Ada Lovelace", '600 111 222', "Secret Street", token):
            self.assertNotIn(secret, response.text)
        response = self.url_open(f'/my/ticket/{ticket.id}', allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        # The member finds it among the own tickets, nobody else does
        self._login(self.customer)
        self.assertIn("Moth in the relay", self.url_open('/my/tickets').text)
        self._login(self.stranger)
        self.assertNotIn("Moth in the relay", self.url_open('/my/tickets').text)

    # === SIGNED IN === #

    def test_signed_in_customer_cannot_be_somebody_else(self):
        self._login(self.customer)
        page = self._get_page(self.team.website_url)
        self.assertFalse(page.xpath("//input[@name='email' or @name='name']"))
        values = self._get_filled_values(name="Eve", email='eve@visitor.example')
        response = self._post_form(values)
        ticket = self._find_tickets()
        self.assertEqual(ticket.partner_id, self.customer.partner_id)
        self.assertEqual(ticket.partner_name, "Ada Lovelace")
        self.assertEqual(ticket.partner_email, self.customer.email)
        self.assertFalse(ticket.is_sender_unverified)
        self.assertFalse(ticket.user_id)
        self.assertIn(f'/my/ticket/{ticket.id}', response.text)
        self.assertFalse(self.env['res.partner'].search([('email', '=', 'eve@visitor.example')]))

    # === BAD INPUT === #

    def _assert_refused(self, values, error, files=(), status=422):
        count = self.env['helpdesk.ticket'].search_count([])
        response = self._post_form(values, files)
        self.assertEqual(response.status_code, status)
        self.assertIn(error, self._get_errors(response))
        self.assertEqual(self.env['helpdesk.ticket'].search_count([]), count)
        return response

    def test_wrong_fields_are_named_and_everything_is_kept(self):
        self._patch_location('ES')
        self._set_limits(ip=0, email=0)
        self._login()
        values = self._get_filled_values(name=' ', phone='+34 612 34 56 78')
        response = self._assert_refused(values, "tell us your name")
        for kept in ('grace@visitor.example', "Moth in the relay", "Second line", '612 34 56'):
            self.assertIn(kept, response.text)
        for changes, error in (
            ({'email': ''}, "tell us your e-mail"),
            ({'email': 'grace'}, "not a valid e-mail"),
            ({'email': 'a@localhost'}, "not a valid e-mail"),
            ({'email': 'a@b.example, c@d.example'}, "not a valid e-mail"),
            ({'email': 'x' * 300 + '@d.example'}, "shorten this to 254"),
            ({'subject': ' '}, "what it is about"),
            ({'description': '\n'}, "describe what happened"),
            ({'description': 'x' * 20001}, "it has 20001"),
            ({'phone': '12'}, "not a valid phone number. With the country code it looks like +34"),
        ):
            self._assert_refused(self._get_filled_values(**changes), error)
        title = "x" * 10000
        response = self._assert_refused(
            self._get_filled_values(subject=title), "shorten this to 200 characters; it has 10000"
        )
        self.assertIn(title, response.text)
        # The corrected form is accepted, with the token it was first shown with
        self._post_form({**values, 'name': "Grace Hopper", 'phone': '612345678'})
        self.assertEqual(self._find_tickets().partner_phone, '+34 612 34 56 78')

    def test_choices_are_those_of_the_team(self):
        Type = self.env['helpdesk.ticket.type']
        offered, kept_back = Type.create([{'name': "Web Fault"}, {'name': "Web Internal"}])
        self.team.write({'type_ids': offered.ids, 'website_ask_phone': 'required'})
        _category, secret = self.env['helpdesk.ticket.category'].create(
            [{'name': "Web Shown"}, {'name': "Web Secret", 'show_in_portal': False}]
        )
        self._set_limits(ip=0, email=0)
        self._login()
        for changes, error in (
            ({'type': str(kept_back.id)}, "choose one of the list"),
            ({'type': 'abc'}, "choose one of the list"),
            ({'category': str(secret.id)}, "choose one of the list"),
            ({'priority': '9'}, "choose one of the list"),
            ({'phone': ''}, "tell us your phone"),
        ):
            self._assert_refused(self._get_filled_values(**changes), error)
        self.team.website_ask_type = 'required'
        self._assert_refused(self._get_filled_values(), "choose one")
        asked = {'type': str(offered.id), 'priority': '2', 'phone': '+34612345678'}
        self._post_form(self._get_filled_values(**asked))
        ticket = self._find_tickets()
        self.assertEqual((ticket.type_id, ticket.priority), (offered, '2'))
        # What is not asked is not written
        self.team.write(
            {'website_ask_priority': False, 'website_ask_phone': 'no', 'website_ask_type': 'no'}
        )
        self._post_form(
            self._get_filled_values(**asked, subject="Sly", user_id=str(self.agent.id), number='X1')
        )
        ticket = self._find_tickets("Sly")
        self.assertEqual(ticket.priority, '0')
        self.assertFalse(ticket.partner_phone or ticket.type_id or ticket.user_id)
        self.assertNotEqual(ticket.number, 'X1')

    def test_script_in_the_text_stays_text(self):
        self._login()
        script = "<script>alert('x')</script><img src=x onerror=alert(1)>"
        self._post_form(self._get_filled_values(subject=script, description=script, name=script))
        ticket = self._find_tickets(script)
        self.assertNotIn('<script', ticket.description)
        self.assertNotIn('<img', ticket.description)
        page = self.url_open(ticket.get_portal_url()).text
        self.assertNotIn(script, page)
        self.assertNotIn('<img src=x', page)
        self.assertIn('&lt;script&gt;alert', page)
        self._post_form(
            self._get_filled_values(subject="Moth\r\nBcc: x@y.example\x00", description="a\x00b")
        )
        ticket = self._find_tickets("Moth Bcc: x@y.example")
        self.assertEqual(ticket.description, "<p>ab</p>")

    # === FILES === #

    def test_files_are_stored_with_the_ticket(self):
        self._login()
        files = [('screen.png', PNG, 'image/png'), ('../invoice.pdf', PDF, 'application/pdf')]
        self._post_form(self._get_filled_values(), files)
        attachments = self.env['ir.attachment'].search(
            [('res_model', '=', 'helpdesk.ticket'), ('res_id', '=', self._find_tickets().id)],
            order='id',
        )
        self.assertEqual(attachments.mapped('name'), ['screen.png', 'invoice.pdf'])
        self.assertEqual(attachments.mapped('mimetype'), ['image/png', 'application/pdf'])
        self.assertEqual(attachments[0].raw, PNG)
        self.assertFalse(any(attachments.mapped('public')))

    def test_unwanted_files_are_refused_and_the_text_kept(self):
        self._login()
        good = ('good.png', PNG, 'image/png')
        response = self._assert_refused(
            self._get_filled_values(),
            "one file may have at most 10 MB",
            [('huge.txt', b'x' * 20 * 1024 * 1024, 'text/plain')],
        )
        self.assertIn("Second line", response.text)
        self.assertIn("choose your files again", self._get_errors(response))
        self._assert_refused(
            self._get_filled_values(), "type we do not accept", [('setup.exe', EXE, 'image/png')]
        )
        response = self._assert_refused(
            self._get_filled_values(),
            "not what its name says",
            [good, ('setup.png', EXE, 'image/png')],
        )
        self.assertNotIn("good.png", self._get_errors(response))
        self.team.website_max_files = 1
        self._assert_refused(self._get_filled_values(), "at most 1 files", [good, good])
        self.team.website_max_files = 0
        self._assert_refused(self._get_filled_values(), "at most 0 files", [good])

    def test_request_far_too_large_is_not_read(self):
        self._login()
        values = self._get_filled_values()
        Team = self.env.registry['helpdesk.ticket.team']
        self.patch(Team, '_get_website_max_request_size', lambda team: 100_000)
        self.patch(form, 'MIN_REQUEST_SIZE', 100_000)
        response = self._post_form(values, [('a.txt', b'x' * 200_000, 'text/plain')])
        self.assertEqual(response.status_code, 200)
        self.assertIn("too large to be sent at once", self._get_errors(response))
        self.assertFalse(self._find_tickets())

    # === ROBOTS === #

    def test_robots_are_refused_and_people_lose_nothing(self):
        actions = []

        def refuse(self, action):
            actions.append(action)
            raise UserError("You look like a robot.")

        self._set_limits(ip=0, email=0)
        self._login()
        other = self.hidden_team._make_website_form_token(time.time() - 60)
        for changes, error, status in (
            ({'website': 'http://spam.example'}, "hidden field", 422),
            ({'age': 1}, "very quick", 422),
            ({'form_token': 'x'}, "open for too long", 422),
            ({'form_token': ''}, "open for too long", 422),
            ({'form_token': other}, "open for too long", 422),
            ({'csrf_token': 'wrong'}, "session has expired", 400),
        ):
            response = self._assert_refused(
                self._get_filled_values(**changes), error, status=status
            )
            self.assertIn("Second line", response.text)
        self.patch(self.env.registry['ir.http'], '_verify_request_recaptcha_token', refuse)
        response = self._assert_refused(self._get_filled_values(), "look like a robot")
        self.assertIn("Second line", response.text)
        self.assertEqual(actions, ['helpdesk_ticket'])
