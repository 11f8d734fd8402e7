from odoo import fields
from odoo.http import Controller, content_disposition, request, route


class MemberImportFiles(Controller):
    @route('/aftercare_member/import/template', type='http', auth='user', readonly=True)
    def import_template(self, **kw):
        """A workbook with the headers in the user's language, ready to be filled."""
        request.env['member.import'].check_access('read')
        return self._make_file(
            request.env['member.import']._make_template(),
            request.env._("members.xlsx"),
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        )

    @route(
        '/aftercare_member/import/<int:import_id>/report', type='http', auth='user', readonly=True
    )
    def import_report(self, import_id, **kw):
        """What an import found and did, row by row, as CSV."""
        record = request.env['member.import'].browse(import_id).exists()
        if not record or not record.has_access('read'):
            return request.not_found()
        today = fields.Date.context_today(record)
        return self._make_file(
            record._make_report(), f'import-{record.id}-{today}.csv', 'text/csv; charset=utf-8'
        )

    def _make_file(self, content, name, mimetype):
        return request.make_response(
            content,
            [('Content-Type', mimetype), ('Content-Disposition', content_disposition(name))],
        )
