"""WeChat Pay on 127.0.0.1, written from its documentation and not from our code."""

import base64
import hashlib
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

APPID, MCHID, SERIAL = 'wx8888888888888888', '1900000001', '5157F09EFDC096DE15EBE81A47057A72'
PUBLIC_KEY_ID = 'PUB_KEY_ID_0119000000012026'
APP_SECRET = 'secret-of-the-app'
API_V3_KEY = 'an-apiv3-key-of-32-characters-00'
NUMBER = re.compile(r'[0-9A-Za-z_\-|*]{6,32}')


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_pem(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def rsa_sign(key, data):
    return base64.b64encode(key.sign(data, padding.PKCS1v15(), hashes.SHA256())).decode()


class FakeWechatPay:
    """Verifies what the real gateway verifies, and can be made to misbehave."""

    def __init__(self):
        self.merchant_key, self.platform_key, self.thief_key = new_key(), new_key(), new_key()
        self.orders, self.refunds, self.nonces, self.requests = {}, {}, set(), []
        self.bills = {}
        self.certificates = []
        self.forge = False  # answers are signed by a thief
        self.down = False  # the connection is cut
        self.sleepy = False  # refunds are done, but the answer gets lost
        self.refund_status = 'SUCCESS'
        self.server = ThreadingHTTPServer(('127.0.0.1', 0), self._make_handler())
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # --- HTTP ---
    def _make_handler(self):
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer()

            do_POST = do_GET

            def answer(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
                if gateway.down:
                    self.connection.close()
                    return
                status, raw, signed = gateway.handle(self.command, self.path, self.headers, body)
                if status is None:
                    self.connection.close()
                    return
                self.send_response(status)
                self.send_header('Content-Type', 'application/json')
                if status != 204:
                    self.send_header('Content-Length', str(len(raw)))
                if signed:
                    for name, value in gateway.sign_headers(raw).items():
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args):
                """Keep the test output clean."""

        return Handler

    def handle(self, method, path, headers, body):
        """Return (status, raw body, whether the answer is signed)."""
        if path.startswith('/sns/oauth2/access_token?'):
            return 200, self.tell_openid(parse_qs(urlsplit(path).query)), False
        problem = self.verify(method, path, headers, body)
        if problem:
            return 401, json.dumps({'code': 'SIGN_ERROR', 'message': problem}).encode(), False
        address = urlsplit(path)
        if address.path == '/v3/billdownload/file':
            return 200, self.bills[parse_qs(address.query)['token'][0]], False
        payload = json.loads(body) if body else {}
        self.requests.append((method, path, payload, dict(headers)))
        status, content = self.route(method, address, payload)
        if status is None:
            return None, b'', False
        return status, json.dumps(content).encode() if content is not None else b'', True

    def verify(self, method, path, headers, body):
        """Return what is wrong with a request; None when it is the merchant's, now, and new."""
        schema, _space, rest = (headers.get('Authorization') or '').partition(' ')
        values = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        if schema != 'WECHATPAY2-SHA256-RSA2048' or values.get('mchid') != MCHID:
            return "schema or merchant"
        if values.get('serial_no') != SERIAL:
            return "serial number"
        if abs(time.time() - int(values['timestamp'])) > 300:
            return "clock"
        if values['nonce_str'] in self.nonces or len(values['nonce_str']) > 32:
            return "nonce"
        self.nonces.add(values['nonce_str'])
        message = b'\n'.join(
            [
                method.encode(),
                path.encode(),
                values['timestamp'].encode(),
                values['nonce_str'].encode(),
                body,
                b'',
            ]
        )
        try:
            self.merchant_key.public_key().verify(
                base64.b64decode(values['signature']), message, padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return "signature"
        return None

    def tell_openid(self, query):
        """Return what WeChat tells who presents the code of an authorisation."""
        known = query['appid'] == [APPID] and query['secret'] == [APP_SECRET]
        answer = {'openid': 'o' + query['code'][0]} if known else {'errcode': 40125}
        return json.dumps(answer).encode()

    def seal_certificate(self, pem):
        sealed = AESGCM(API_V3_KEY.encode()).encrypt(b'nonce-of-12b', pem.encode(), b'certificate')
        return {
            'serial_no': 'x',
            'encrypt_certificate': {
                'algorithm': 'AEAD_AES_256_GCM',
                'nonce': 'nonce-of-12b',
                'associated_data': 'certificate',
                'ciphertext': base64.b64encode(sealed).decode(),
            },
        }

    def sign_headers(self, raw, *, key=None, timestamp=None, serial=PUBLIC_KEY_ID):
        timestamp = str(int(timestamp or time.time()))
        nonce = hashlib.md5(raw + timestamp.encode(), usedforsecurity=False).hexdigest()
        key = key or (self.thief_key if self.forge else self.platform_key)
        return {
            'Wechatpay-Timestamp': timestamp,
            'Wechatpay-Nonce': nonce,
            'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
            'Wechatpay-Serial': serial,
            'Wechatpay-Signature': rsa_sign(key, f'{timestamp}\n{nonce}\n'.encode() + raw + b'\n'),
        }

    # --- the interfaces ---
    def route(self, method, address, payload):
        path = address.path
        if method == 'POST' and (found := re.fullmatch(r'/v3/pay/transactions/(\w+)', path)):
            return self.create_order(found[1], payload)
        if found := re.fullmatch(r'/v3/pay/transactions/out-trade-no/([^/]+)(/close)?', path):
            order = self.orders.get(found[1])
            if not order:
                return 404, {'code': 'ORDER_NOT_EXIST', 'message': "订单不存在"}
            if not found[2]:
                return 200, self.describe(order)
            if order['state'] == 'SUCCESS':
                return 400, {'code': 'ORDERPAID', 'message': "订单已支付"}
            order['state'] = 'CLOSED'
            return 204, None
        if method == 'POST' and path == '/v3/refund/domestic/refunds':
            return self.refund(payload)
        if found := re.fullmatch(r'/v3/refund/domestic/refunds/([^/]+)', path):
            refund = self.refunds.get(found[1])
            if refund:
                return 200, refund
            return 404, {'code': 'RESOURCE_NOT_EXISTS', 'message': "退款单不存在"}
        if path == '/v3/bill/tradebill':
            day = parse_qs(address.query)['bill_date'][0]
            if day not in self.bills:
                return 400, {'code': 'NO_STATEMENT_EXIST', 'message': "账单文件不存在"}
            return 200, {
                'hash_type': 'SHA1',
                'hash_value': hashlib.sha1(self.bills[day], usedforsecurity=False).hexdigest(),
                'download_url': f'{self.url}/v3/billdownload/file?token={day}',
            }
        if path == '/v3/certificates':
            return 200, {'data': [self.seal_certificate(pem) for pem in self.certificates]}
        return 404, {'code': 'NOT_FOUND', 'message': "no such interface"}

    def create_order(self, channel, payload):
        number, amount = payload['out_trade_no'], payload['amount']
        good = (
            payload['appid'] == APPID
            and payload['mchid'] == MCHID
            and NUMBER.fullmatch(number)
            and isinstance(amount['total'], int)
            and amount['total'] > 0
            and amount['currency'] == 'CNY'
            and 0 < len(payload['description'].encode()) <= 127
            and '?' not in payload['notify_url']
            and re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00', payload['time_expire'])
        )
        if not good or (channel == 'jsapi') != bool(payload.get('payer', {}).get('openid')):
            return 400, {'code': 'PARAM_ERROR', 'message': "参数错误"}
        if channel == 'h5' and payload['scene_info']['h5_info']['type'] != 'Wap':
            return 400, {'code': 'PARAM_ERROR', 'message': "参数错误"}
        self.orders[number] = {
            'number': number,
            'total': amount['total'],
            'state': 'NOTPAY',
            'channel': channel,
        }
        return 200, {
            'native': {'code_url': f'weixin://wxpay/bizpayurl?pr={len(self.orders)}'},
            'jsapi': {'prepay_id': f'wx{len(self.orders)}'},
            'h5': {
                'h5_url': 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb'
                f'?prepay_id=wx{len(self.orders)}&package=1'
            },
        }[channel]

    def pay(self, number, total=None):
        order = self.orders[number]
        order['state'] = 'SUCCESS'
        order['paid'] = total or order['total']

    def describe(self, order):
        answer = {
            'appid': APPID,
            'mchid': MCHID,
            'out_trade_no': order['number'],
            'trade_state': order['state'],
            'trade_state_desc': "说明",
        }
        if order['state'] == 'SUCCESS':
            answer |= {
                'transaction_id': '42000' + order['number'],
                'success_time': '2026-11-22T18:00:00+08:00',
                'payer': {'openid': 'oPayer'},
                'amount': {'total': order['paid'], 'payer_total': 1, 'currency': 'CNY'},
            }
        return answer

    def refund(self, payload):
        order = self.orders.get(payload['out_trade_no'])
        number, amount = payload['out_refund_no'], payload['amount']
        if not order or order['state'] != 'SUCCESS' or amount['total'] != order['paid']:
            return 404, {'code': 'RESOURCE_NOT_EXISTS', 'message': "订单不存在"}
        if number in self.refunds:
            if self.refunds[number]['amount']['refund'] != amount['refund']:
                return 400, {'code': 'INVALID_REQUEST', 'message': "退款金额与之前请求不一致"}
            return 200, self.refunds[number]
        done = sum(
            refund['amount']['refund']
            for refund in self.refunds.values()
            if refund['out_trade_no'] == order['number']
        )
        if not 0 < amount['refund'] <= order['paid'] - done:
            return 403, {'code': 'NOT_ENOUGH', 'message': "退款金额大于可退金额"}
        self.refunds[number] = {
            'mchid': MCHID,
            'out_trade_no': order['number'],
            'out_refund_no': number,
            'refund_id': '50000' + number,
            'status': self.refund_status,
            'success_time': '2026-11-22T18:30:00+08:00',
            'amount': {'total': order['paid'], 'refund': amount['refund'], 'currency': 'CNY'},
        }
        if self.sleepy:
            return None, None
        return 200, self.refunds[number]

    # --- notifications ---
    def notify(self, data, kind='transaction', notice_id='NOTICE-1', **signing):
        """Return (headers, body) of an encrypted and signed notification."""
        nonce = 'fdasflkja484'
        sealed = AESGCM(API_V3_KEY.encode()).encrypt(
            nonce.encode(), json.dumps(data).encode(), kind.encode()
        )
        body = json.dumps(
            {
                'id': notice_id,
                'create_time': '2026-11-22T18:00:00+08:00',
                'event_type': 'TRANSACTION.SUCCESS' if kind == 'transaction' else 'REFUND.SUCCESS',
                'resource_type': 'encrypt-resource',
                'resource': {
                    'original_type': kind,
                    'algorithm': 'AEAD_AES_256_GCM',
                    'ciphertext': base64.b64encode(sealed).decode(),
                    'nonce': nonce,
                    'associated_data': kind,
                },
            }
        ).encode()
        return {'Content-Type': 'application/json', **self.sign_headers(body, **signing)}, body

    def notify_refund(self, number, status='SUCCESS', **values):
        data = {**self.refunds[number], **values}
        data['refund_status'] = data.pop('status') and status
        return self.notify(data, 'refund', f'REFUND-{number}-{status}')
