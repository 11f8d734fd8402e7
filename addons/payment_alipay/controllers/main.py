import logging

from odoo import http
from odoo.addons.aftercare_payment.tools.errors import NoticeError
from odoo.exceptions import LockError, ValidationError
from odoo.http import request

_logger = logging.getLogger(__name__)


class Alipay(http.Controller):
    @http.route(
        '/payment/alipay/notify/<int:provider_id>',
        type='http',
        auth='public',
        methods=['POST'],
        csrf=False,
        save_session=False,
    )
    def alipay_notify(self, provider_id, **_kwargs):
        """Take a notification. Only the word `success` stops Alipay from repeating it for a day."""
        provider_sudo = self._get_provider(provider_id)
        form = request.httprequest.form.to_dict()
        try:
            taken = provider_sudo._receive_notice(request.httprequest.headers, form)
        except NoticeError as error:
            _logger.warning("A notification of Alipay was refused: %s", error)
            return self._answer('failure', 403)
        except LockError:
            return self._answer('failure', 500)
        return self._answer('success') if taken else self._answer('failure')

    @http.route(
        '/payment/alipay/return/<int:provider_id>',
        type='http',
        auth='public',
        methods=['GET'],
        save_session=False,
    )
    def alipay_return(self, provider_id, **params):
        """Receive the payer back. The address is signed but says nothing of the state: ask."""
        provider_sudo = self._get_provider(provider_id)
        is_live = provider_sudo._alipay_is_live(params)
        if reason := provider_sudo._alipay_get_distrust(params, is_live):
            _logger.warning("A return from Alipay was refused: %s", reason)
            return self._answer('failure', 403)
        notices = request.env['payment.notice']
        # sudo: payment.transaction - the one that Alipay's signature names
        transaction_sudo = notices.sudo()._find_transaction(
            provider_sudo, is_live, params.get('out_trade_no')
        )
        try:
            if transaction_sudo.state == 'draft':
                transaction_sudo._ask_gateway()
        except (LockError, ValidationError):
            # The status page goes on waiting, and the scheduled action asks again.
            request.env.cr.rollback()
        return request.redirect('/payment/status')

    @http.route(
        '/payment/alipay/simulator/<int:provider_id>',
        type='http',
        auth='public',
        methods=['POST'],
        csrf=False,
        save_session=False,
    )
    def alipay_simulator(self, provider_id, **_kwargs):
        """Take the signed form of a payer's browser, in the place of Alipay's own page."""
        provider_sudo = self._get_provider(provider_id)
        if not provider_sudo._is_simulator_on():
            raise request.not_found()
        order_sudo = provider_sudo._alipay_simulator_open_page(request.httprequest.form.to_dict())
        if not order_sudo:
            return self._answer('The signature is wrong.', 403)
        return request.redirect(f'/payment/simulator/{order_sudo.token}')

    def _get_provider(self, provider_id):
        # sudo: payment.provider - Alipay has no user; the signature is the right
        provider_sudo = request.env['payment.provider'].sudo().browse(provider_id).exists()
        if provider_sudo.code != 'alipay':
            raise request.not_found()
        return provider_sudo

    def _answer(self, text, status=200):
        return request.make_response(text, [('Content-Type', 'text/plain')], status=status)
