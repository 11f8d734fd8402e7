import time

from psycopg2.errors import UniqueViolation
from werkzeug.exceptions import NotFound, abort

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import Controller, request, route
from odoo.tools import email_normalize
from odoo.tools.translate import LazyTranslate

from .. import utils

_lt = LazyTranslate(__name__)

MAX_LENGTHS = {'name': 100, 'email': 254, 'phone': 40, 'subject': 200, 'description': 20000}
MIN_SECONDS = 3
RETRY_SECONDS = 3600
# Room for one file that is too large: its sender gets the form back instead of a bare error
MIN_REQUEST_SIZE = 32 * utils.MEGABYTE


def sitemap_forms(env, rule, query):
    """Yield the address of each published form."""
    domain = env['helpdesk.ticket.team']._get_website_form_domain(
        env['website'].get_current_website()
    )
    for team_sudo in env['helpdesk.ticket.team'].sudo().search(domain):
        if not query or query.lower() in team_sudo.website_url:
            yield {'loc': team_sudo.website_url}


class HelpdeskForm(Controller):
    """The public forms: the list of teams, one form per team, its thank-you page."""

    @route(
        '/helpdesk',
        type='http',
        auth='public',
        website=True,
        readonly=True,
        list_as_website_content=_lt("Support"),
    )
    def helpdesk_teams(self, **_kwargs):
        domain = self._get_team_domain()
        # sudo: helpdesk.ticket.team - visitors see what is published of a team, nothing else
        teams_sudo = request.env['helpdesk.ticket.team'].sudo().search(domain)
        return request.render('aftercare_helpdesk_website.teams', {'teams': teams_sudo})

    @route(
        '/helpdesk/<string:slug>',
        type='http',
        auth='public',
        website=True,
        methods=['GET', 'POST'],
        # Checked in here, so that an expired session gives the text back instead of losing it
        csrf=False,
        sitemap=sitemap_forms,
        max_content_length=lambda self: self._get_max_request_size(),
    )
    def helpdesk_form(self, slug, **post):
        is_post = request.httprequest.method == 'POST'
        team_sudo = self._get_team(slug, preview=not is_post)
        if not is_post:
            errors = {}
            if post.get('error') == 'size':
                errors['form'] = request.env._(
                    "Your files are too large to be sent at once, so nothing was sent."
                    " Please choose fewer or smaller files."
                )
            return self._render_form(team_sudo, self._prepare_form(team_sudo, post), errors)
        is_valid_session = request.validate_csrf(post.pop('csrf_token', None))
        form = self._prepare_form(team_sudo, post)
        if not is_valid_session:
            error = request.env._("Your session has expired. Please send the form once more.")
            return self._render_form(team_sudo, form=form, errors={'form': error}, status=400)
        return self._submit_form(team_sudo, form)

    @route(
        '/helpdesk/<string:slug>/thanks',
        type='http',
        auth='public',
        website=True,
        readonly=True,
        sitemap=False,
    )
    def helpdesk_thanks(self, slug, token=None, **_kwargs):
        team_sudo = self._get_team(slug)
        ticket_sudo = self._find_ticket(team_sudo._read_website_form_token(token)[0])
        if not ticket_sudo:
            return request.redirect(team_sudo.website_url)
        ticket = request.env['helpdesk.ticket'].browse(ticket_sudo.id)
        can_open = not request.env.user._is_public() and ticket.has_access('read')
        return request.render(
            'aftercare_helpdesk_website.thanks',
            {
                'team': team_sudo,
                'number': ticket_sudo.number,
                'email': ticket_sudo.partner_email,
                'ticket_url': ticket_sudo.access_url if can_open else None,
            },
        )

    # === TEAMS === #

    def _get_team_domain(self):
        return request.env['helpdesk.ticket.team']._get_website_form_domain(
            request.env['website'].get_current_website()
        )

    def _get_team(self, slug, preview=False):
        """Return the published team of an address, sudoed.

        :param bool preview: whoever configures teams also sees a form not yet published
        :raise NotFound: for everybody else
        """
        domain = self._get_team_domain()
        if preview and request.env.user.has_group('helpdesk_mgmt.group_helpdesk_manager'):
            domain = Domain.TRUE
        # sudo: helpdesk.ticket.team - visitors see what is published of a team, nothing else
        team_sudo = (
            request.env['helpdesk.ticket.team']
            .sudo()
            .search(Domain('website_slug', '=', slug) & domain, limit=1)
        )
        if not team_sudo:
            raise NotFound
        return team_sudo

    def _get_max_request_size(self):
        """Return how many bytes a form may have; a larger one gets back to an empty form.

        Called before the body is read, so that it is not read at all.
        """
        size = request.httprequest.content_length
        if request.httprequest.method != 'POST' or (size is not None and size <= MIN_REQUEST_SIZE):
            # every form takes as much
            return MIN_REQUEST_SIZE
        # sudo: helpdesk.ticket.team - what the published forms take decides what is read at all
        teams_sudo = request.env['helpdesk.ticket.team'].sudo().search(self._get_team_domain())
        sizes = [team._get_website_max_request_size() for team in teams_sudo]
        limit = max([MIN_REQUEST_SIZE, *sizes])
        if (size or 0) > limit:
            abort(request.redirect(f'{request.httprequest.path}?error=size'))
        return limit

    def _find_ticket(self, key):
        # sudo: helpdesk.ticket - the key was signed by us and given to this sender alone
        Ticket_sudo = request.env['helpdesk.ticket'].sudo()
        if not key:
            return Ticket_sudo
        return Ticket_sudo.search([('website_form_key', '=', key)], limit=1)

    # === SHOW === #

    def _prepare_form(self, team_sudo, post):
        """Return what was typed, cleaned of what no field may hold, plus what is known anyway."""
        names = ('name', 'email', 'phone', 'subject', 'type', 'category', 'priority')
        form = {name: utils.clean_line(post.get(name)) for name in names}
        form['description'] = utils.clean_text(post.get('description'))
        form['token'] = post.get('form_token') or ''
        form['website'] = post.get('website') or ''
        user = request.env.user
        if not user._is_public():
            form['name'] = user.name
            form['email'] = user.email or user.login
            if 'phone' not in post:
                form['phone'] = user.partner_id.phone or ''
        return form

    def _render_form(self, team_sudo, form, errors=None, status=200):
        """Return the form with everything typed, the errors and a fresh one-time token."""
        key, _issued = team_sudo._read_website_form_token(form['token'])
        file_types = team_sudo._get_website_file_types()
        values = {
            'team': team_sudo,
            'main_object': team_sudo,
            'form': form,
            'errors': errors or {},
            # The key of a form that failed lives on: its ticket does not exist yet
            'form_token': form['token'] if key else team_sudo._make_website_form_token(),
            'types': team_sudo._get_website_types(),
            'categories': team_sudo._get_website_categories(),
            'priorities': request.env['helpdesk.ticket']
            ._fields['priority']
            ._description_selection(request.env),
            'file_types': file_types,
            'files_help': request.env._(
                "Up to %(count)s files of at most %(size)s MB each: %(types)s",
                count=team_sudo.website_max_files,
                size=team_sudo.website_max_file_size,
                types=", ".join(file_types),
            ),
            'max_lengths': MAX_LENGTHS,
            'is_visitor': request.env.user._is_public(),
            'had_files': any(self._get_uploads()),
        }
        response = request.render('aftercare_helpdesk_website.form', values, status=status)
        if status == 429:
            response.headers['Retry-After'] = RETRY_SECONDS
        return response

    # === SUBMIT === #

    def _submit_form(self, team_sudo, form):
        key, issued = team_sudo._read_website_form_token(form['token'])
        thanks_url = f'{team_sudo.website_url}/thanks?token={form["token"]}'
        if self._find_ticket(key):
            return request.redirect(thanks_url)

        user = request.env.user
        sender = {
            'ip': request.httprequest.remote_addr,
            'email': email_normalize(form['email']) or form['email'][: MAX_LENGTHS['email']],
            'is_account': not user._is_public(),
        }
        # sudo: helpdesk.ticket.attempt - visitors are counted, they cannot read the count
        Attempt_sudo = request.env['helpdesk.ticket.attempt'].sudo()
        if Attempt_sudo._is_over_limit(**sender):
            error = request.env._(
                "Too many tickets were sent from here within the last hour. Your text is kept"
                " below: please send it again later."
            )
            return self._render_form(team_sudo, form, {'form': error}, status=429)

        values, files, errors = self._check_form(team_sudo, form, key, issued)
        attempt_sudo = Attempt_sudo.create(
            {**sender, 'team_id': team_sudo.id, 'is_accepted': not errors}
        )
        if errors:
            return self._render_form(team_sudo, form, errors, status=422)

        try:
            with request.env.cr.savepoint():
                team_sudo._create_website_ticket(
                    {**values, 'website_form_key': key},
                    files=files,
                    ip=sender['ip'],
                    author=user.partner_id if sender['is_account'] else None,
                )
        except UniqueViolation as violation:
            # The same form came twice at once; the other worker has made its ticket
            if 'website_form_key' not in (violation.diag.constraint_name or ''):
                raise
            attempt_sudo.is_accepted = False
        return request.redirect(thanks_url)

    def _check_form(self, team_sudo, form, key, issued):
        """Return the values of the ticket, its files, and dict of field → what is wrong with it."""
        if error := self._check_sender(form, key, issued):
            return {}, [], {'form': error}
        values, errors = self._check_fields(team_sudo, form)
        files, file_errors = self._check_uploads(team_sudo)
        if file_errors:
            errors['attachments'] = file_errors
        return values, files, errors

    def _check_sender(self, form, key, issued):
        """Return why the form as a whole is refused, None when a person seems to have sent it."""
        if form['website']:
            return request.env._("Please leave the hidden field empty and send the form again.")
        if not key:
            return request.env._("This form was open for too long. Please send it once more.")
        if time.time() - issued < MIN_SECONDS:
            return request.env._(
                "That was very quick. Please look over what you wrote and send it again."
            )
        try:
            request.env['ir.http']._verify_request_recaptcha_token('helpdesk_ticket')
        except UserError as error:
            return error.args[0]
        return None

    def _check_fields(self, team_sudo, form):
        """Check what was typed.

        :return: the values of the ticket, and the errors by name of the field
        """
        errors = {}
        env = request.env
        missing = {
            'name': env._("Please tell us your name."),
            'email': env._("Please tell us your e-mail address, so that we can answer."),
            'subject': env._("Please say in a few words what it is about."),
            'description': env._("Please describe what happened."),
        }
        errors.update({name: text for name, text in missing.items() if not form[name]})
        for name, length in MAX_LENGTHS.items():
            if len(form[name]) > length:
                errors[name] = env._(
                    "Please shorten this to %(length)s characters; it has %(actual)s.",
                    length=length,
                    actual=len(form[name]),
                )
        values = {
            'name': form['subject'],
            'description': form['description'],
            'partner_name': form['name'],
            'partner_email': email_normalize(form['email']) or form['email'],
        }
        if 'email' not in errors and env.user._is_public():
            if not utils.is_email(values['partner_email']):
                errors['email'] = env._("This is not a valid e-mail address.")
        checks = (self._check_phone, self._check_type, self._check_category, self._check_priority)
        for check in checks:
            check(team_sudo, form, values, errors)
        return values, errors

    def _check_phone(self, team_sudo, form, values, errors):
        if team_sudo.website_ask_phone == 'no' or 'phone' in errors:
            return
        if not form['phone']:
            if team_sudo.website_ask_phone == 'required':
                errors['phone'] = request.env._("Please tell us your phone number.")
            return
        ip = request.httprequest.remote_addr
        # sudo: ip.location, res.company - the visitor's country, else ours, completes the number
        country_code = (
            request.env['ip.location'].sudo().locate(ip)['country_code']
            or request.env.company.sudo().country_id.code
        )
        try:
            values['partner_phone'] = utils.parse_phone(form['phone'], country_code)
        except ValueError:
            errors['phone'] = request.env._(
                "This is not a valid phone number. With the country code it looks like %s.",
                utils.get_phone_example(country_code),
            )

    def _check_type(self, team_sudo, form, values, errors):
        asked, find = team_sudo.website_ask_type, team_sudo._get_website_types
        self._check_choice('type', asked, find, form, values, errors)

    def _check_category(self, team_sudo, form, values, errors):
        asked, find = team_sudo.website_ask_category, team_sudo._get_website_categories
        self._check_choice('category', asked, find, form, values, errors)

    def _check_choice(self, name, asked, find_choices, form, values, errors):
        if asked == 'no' or (asked != 'required' and not form[name]):
            return
        records = find_choices()
        if not records:
            return
        if form[name] and form[name] not in map(str, records.ids):
            errors[name] = request.env._("Please choose one of the list.")
        elif form[name]:
            values[f'{name}_id'] = int(form[name])
        else:
            errors[name] = request.env._("Please choose one.")

    def _check_priority(self, team_sudo, form, values, errors):
        if not team_sudo.website_ask_priority or not form['priority']:
            return
        if form['priority'] in request.env['helpdesk.ticket']._fields['priority'].get_values(
            request.env
        ):
            values['priority'] = form['priority']
        else:
            errors['priority'] = request.env._("Please choose one of the list.")

    def _get_uploads(self):
        uploads = request.httprequest.files.getlist('attachments')
        return [upload for upload in uploads if upload.filename]

    def _check_uploads(self, team_sudo):
        """Read and check the files.

        :return: the pairs of name and bytes to store, and the errors, one text per file
        """
        uploads = self._get_uploads()
        count = team_sudo.website_max_files
        if len(uploads) > count:
            return [], [request.env._("Please send at most %s files.", count)]
        files, errors = [], []
        for upload in uploads:
            name = utils.clean_filename(upload.filename)
            content = upload.read()
            if error := team_sudo._check_website_file(name, content):
                errors.append(error)
            else:
                files.append((name, content))
        return files, errors
