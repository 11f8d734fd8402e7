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
            content = ufile.read()
            ufile.seek(0)
            # sudo: helpdesk.ticket - the sender may write on this ticket; its team has the rules
            error = thread.sudo().team_id._check_website_file(
                utils.clean_filename(ufile.filename), content
            )
            if error:
                return request.make_json_response({'error': error})
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
        )
