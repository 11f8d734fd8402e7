from odoo import http
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing
from odoo.exceptions import LockError, ValidationError
from odoo.http import request

SIMULATED_ACTIONS = ('pay', 'refuse', 'wrong_amount', 'late')


class DirectPayment(http.Controller):
    @http.route('/payment/direct/check', type='http', auth='public', methods=['POST'], website=True)
    def check_payment(self, **_kwargs):
        """Ask the gateway about the payer's own order, then show the status page."""
        # sudo: payment.transaction - the one this browser's session is waiting for
        transaction_sudo = (
            request.env['payment.transaction']
            .sudo()
            .browse(request.session.get(PaymentPostProcessing.MONITORED_TX_ID_KEY))
            .exists()
        )
        if (
            transaction_sudo.is_direct_merchant
            and transaction_sudo.state == 'draft'
            and transaction_sudo._may_be_asked_again()
        ):
            try:
                transaction_sudo._ask_gateway()
            except (LockError, ValidationError):
                # The status page goes on waiting, and the scheduled action asks again.
                request.env.cr.rollback()
        return request.redirect('/payment/status')

    @http.route(
        '/payment/simulator/<string:token>',
        type='http',
        auth='public',
        methods=['GET'],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def simulator_page(self, token, **_kwargs):
        """Show the page on which a simulated payer decides."""
        return self._render_simulator(self._get_simulator_order(token))

    @http.route(
        '/payment/simulator/<string:token>/<string:action>',
        type='http',
        auth='public',
        methods=['POST'],
        website=True,
        sitemap=False,
    )
    def simulator_act(self, token, action, **_kwargs):
        """Do what the simulated payer decided, and announce it as the gateway would."""
        order_sudo = self._get_simulator_order(token)
        if action not in SIMULATED_ACTIONS:
            raise request.not_found()
        told = None
        if order_sudo._is_payable():
            if action == 'refuse':
                order_sudo.state = 'refused'
            else:
                order_sudo._pay(order_sudo.amount + 1 if action == 'wrong_amount' else None)
                if action != 'late':
                    told = 'taken' if order_sudo._announce() else 'refused'
        return self._render_simulator(order_sudo, told)

    def _get_simulator_order(self, token):
        # sudo: payment.simulator.order - whoever has the address is the simulated payer
        order_sudo = (
            request.env['payment.simulator.order'].sudo().search([('token', '=', token)], limit=1)
        )
        if not order_sudo or order_sudo.provider_id.state != 'test':
            raise request.not_found()
        return order_sudo

    def _render_simulator(self, order_sudo, told=None):
        return request.render(
            'aftercare_payment.simulator_page',
            {
                'order': order_sudo,
                'provider': order_sudo.provider_id,
                'currency': request.env.ref('base.CNY'),
                'is_payable': order_sudo._is_payable(),
                'told': told,
            },
        )
