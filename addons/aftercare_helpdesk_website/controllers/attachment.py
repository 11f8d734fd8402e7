from werkzeug.exceptions import NotFound

from odoo.addons.mail.controllers.attachment import AttachmentController
from odoo.http import request, route

from .. import utils


class HelpdeskAttachmentController(AttachmentController):
    @route()
    def mail_attachment_upload(self, ufile, thread_id, thread_model, is_pending=False, **kwargs):
        """Override of `mail`: what customers attach to a reply obeys the rules of the form."""
        if thread_model == 'helpdesk.ticket' and not request.env.user._is_internal():
            thread = self._get_thread_with_access_for_post(thread_model, thread_id, **kwargs)
            if not thread:
                raise NotFound
            # sudo: helpdesk.ticket - the sender may write on this ticket; its team has the rules
            if error := self._check_ticket_upload(thread.sudo(), ufile):
                return request.make_json_response({'error': error})
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
        )

    def _check_ticket_upload(self, ticket_sudo, upload):
        """Return why a file is refused, None when it may be stored."""
        team_sudo = ticket_sudo.team_id
        max_size = (team_sudo.website_max_file_size or 10) * utils.MEGABYTE
        allowed = utils.parse_extensions(team_sudo.website_file_types or utils.DEFAULT_FILE_TYPES)
        content = upload.read()
        upload.seek(0)
        error = utils.check_file(utils.clean_filename(upload.filename), content, allowed, max_size)
        return error and request.env._(error)
