from unittest.mock import patch

from odoo.addons.payment.tests.common import PaymentCommon


class DirectPaymentCommon(PaymentCommon):
    """A provider with a merchant account of its own, whose gateway is a dict."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls._enable_currency('CNY')
        cls.amount = 128.5
        # The dummy provider of `payment` has the code `none`.
        cls.classPatch(
            cls.registry['payment.provider'], '_get_direct_merchant_codes', lambda self: {'none'}
        )
        cls.env.invalidate_all()
        cls.provider.write({'state': 'enabled', 'available_currency_ids': False})

    def setUp(self):
        super().setUp()
        # What the gateway knows: reference → payment data, None or an exception.
        self.gateway = {}
        self.closed = []
        self.refund_requests = []
        Transaction = self.registry['payment.transaction']
        test = self

        def fetch(tx):
            return test._answer(test.gateway.get(tx.reference))

        def close(tx):
            test.closed.append(tx.reference)

        def request_refund(tx):
            test.refund_requests.append(tx.reference)
            return test._answer(
                test.gateway.get(
                    tx.reference, {'paid': -tx.amount, 'currency': 'CNY', 'number': 'RF'}
                )
            )

        def extract(tx, data):
            return {'amount': data['paid'], 'currency_code': data['currency']}

        def apply(tx, data):
            tx._confirm_at_gateway(data, data.get('number'), data.get('paid_at'))

        for name, function in (
            ('_fetch_gateway_data', fetch),
            ('_close_gateway_order', close),
            ('_request_refund', request_refund),
            ('_extract_amount_data', extract),
            ('_apply_updates', apply),
        ):
            self.startPatcher(patch.object(Transaction, name, function))
        self.startPatcher(
            patch.object(self.registry['ir.cron'], '_commit_progress', return_value=60)
        )

    def _answer(self, answer):
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _create_order(self, **values):
        return self._create_transaction('redirect', **values)

    def _create_paid(self, **values):
        transaction = self._create_order(**values)
        transaction._process('none', self._paid(transaction))
        return transaction

    def _paid(self, transaction, amount=None, currency='CNY'):
        return {
            'paid': abs(transaction.amount) if amount is None else amount,
            'currency': currency,
            'number': f'GW{transaction.id}',
        }

    def _notice(self, reference, amount, key='N1', **values):
        return {
            'key': key,
            'kind': 'payment',
            'is_live': True,
            'reference': reference,
            'provider_reference': 'GW1',
            'amount': amount,
            'currency': 'CNY',
            'data': {'paid': amount, 'currency': 'CNY', 'number': 'GW1'},
            **values,
        }
