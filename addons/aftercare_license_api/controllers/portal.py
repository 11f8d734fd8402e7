from odoo.addons.aftercare_license.controllers.portal import LicensePortal
from odoo.http import request, route


class LicenseFilePortal(LicensePortal):
    """The customer's licence files."""

    def _license_get_page_values(self, license_sudo, **kwargs):
        """Override to add what the section of licence files shows."""
        values = super()._license_get_page_values(license_sudo, **kwargs)
        is_open = license_sudo.state in ('active', 'grace') or (
            license_sudo.state == 'expired' and license_sudo._works_after_expiry()
        )
        return values | {
            'can_issue_file': is_open and license_sudo._can_issue_file(),
            'files_left': license_sudo._get_files_left(),
            'file_hosts': license_sudo._get_licensed_hosts(),
        }

    @route(
        '/my/licenses/<int:license_id>/file',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_license_file(self, license_id, host='', **_kwargs):
        """Issue a licence file and send it."""
        texts = []

        def issue(license_sudo):
            text, _until = license_sudo._issue_file(host, ip=request.httprequest.remote_addr)
            texts.append((license_sudo.name, text))

        response = self._license_act(license_id, 'file', '', issue)
        if not texts:
            return response
        name, text = texts[0]
        return request.make_response(
            text,
            headers=[
                ('Content-Type', 'application/octet-stream'),
                ('Content-Disposition', f'attachment; filename="{name.replace("/", "-")}.license"'),
                ('Cache-Control', 'no-store'),
                ('X-Content-Type-Options', 'nosniff'),
            ],
        )
