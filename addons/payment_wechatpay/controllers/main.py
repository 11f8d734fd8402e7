import logging

from odoo import http
from odoo.addons.aftercare_payment.tools.errors import NoticeError
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing
from odoo.exceptions import LockError, ValidationError
from odoo.http import request
from odoo.tools import consteq

_logger = logging.getLogger(__name__)


class WechatPay(http.Controller):
    @http.route(
        '/payment/wechatpay/notify/<int:provider_id>',
        type='http',
        auth='public',
        methods=['POST'],
        csrf=False,
        save_session=False,
    )
    def wechatpay_notify(self, provider_id):
        """Take a notification. Only 2xx stops WeChat Pay from repeating it for a day."""
        # sudo: payment.provider - WeChat Pay has no user; the signature is the right
        provider_sudo = request.env['payment.provider'].sudo().browse(provider_id).exists()
        if provider_sudo.code != 'wechatpay':
            return self._refuse(404, "Unknown merchant")
        try:
            taken = provider_sudo._receive_notice(
                request.httprequest.headers, request.httprequest.get_data()
            )
        except NoticeError as error:
            _logger.warning("A notification of WeChat Pay was refused: %s", error)
            return self._refuse(401, "Not verified")
        except LockError:
            return self._refuse(500, "Busy, please repeat")
        return request.make_response('', status=204) if taken else self._refuse(404, "Unknown")

    def _refuse(self, status, message):
        return request.make_json_response({'code': 'FAIL', 'message': message}, status=status)

    @http.route(
        '/payment/wechatpay/jsapi', type='http', auth='public', methods=['GET'], website=True
    )
    def wechatpay_jsapi(self, code=None, state=None, **_kwargs):
        """Start the payment inside of WeChat, now that WeChat has told who is paying."""
        # sudo: payment.transaction - the one this browser's session is waiting for
        transaction_sudo = (
            request.env['payment.transaction']
            .sudo()
            .browse(request.session.get(PaymentPostProcessing.MONITORED_TX_ID_KEY))
            .exists()
        )
        if (
            transaction_sudo.provider_code != 'wechatpay'
            or transaction_sudo.state != 'draft'
            or not code
            or not consteq(state or '', transaction_sudo._wechatpay_get_state_token())
        ):
            return request.redirect('/payment/status')
        try:
            openid = transaction_sudo.provider_id._wechatpay_get_openid(code)
            values = transaction_sudo._wechatpay_get_jsapi_values(openid)
        except ValidationError as error:
            transaction_sudo._set_error(str(error))
            return request.redirect('/payment/status')
        return request.render(
            'payment_wechatpay.jsapi_page', {'tx': transaction_sudo, 'values': values}
        )
