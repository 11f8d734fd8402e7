"""Alipay on 127.0.0.1, written from its documentation and not from our code."""

import base64
import json
import re
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

APP_ID, SELLER_ID = '2021000000000001', '2088000000000001'
NUMBER = re.compile(r'[0-9A-Za-z_]{1,64}')
BEIJING = timezone(timedelta(hours=8))


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def bare_private(key):
    """Return the key as Alipay's tool writes it: PKCS#1, base64, no header."""
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()
    return ''.join(pem.splitlines()[1:-1])


def bare_public(key):
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return ''.join(pem.decode().splitlines()[1:-1])


def rsa_sign(key, text):
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


class FakeAlipay:
    """Verifies what the real gateway verifies, and can be made to misbehave."""

    def __init__(self):
        self.merchant_key, self.platform_key, self.thief_key = new_key(), new_key(), new_key()
        self.trades, self.refunds, self.requests = {}, {}, []
        self.bills = {}
        self.forge = False  # answers are signed by a thief
        self.tamper = None  # answers are changed after they were signed
        self.down = False  # the connection is cut
        self.sleepy = False  # refunds are done, but the answer gets lost
        self.busy = False  # the gateway says that it is not well
        self.server = ThreadingHTTPServer(('127.0.0.1', 0), self._make_handler())
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_port}/gateway.do'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    # --- HTTP ---
    def _make_handler(self):
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send(gateway.bills[self.path.rpartition('/')[2]])

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
                answer = None if gateway.down else gateway.handle(body)
                if answer is None:
                    self.connection.close()
                    return
                self.send(answer.encode())

            def send(self, raw):
                self.send_response(200)
                self.send_header('Content-Type', 'text/html;charset=utf-8')
                self.send_header('Content-Length', str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args):
                """Keep the test output clean."""

        return Handler

    def handle(self, body):
        """Return the text of the answer; None to cut the connection."""
        params = dict(parse_qsl(body, keep_blank_values=True))
        node = params.get('method', '').replace('.', '_') + '_response'
        problem = self.verify(params)
        if problem:
            # Strangers get no signature.
            answer = {'code': '40002', 'msg': "Invalid Arguments", 'sub_code': problem}
            return json.dumps({node: answer})
        content = json.loads(params['biz_content'])
        self.requests.append((params['method'], content, params))
        answer = self.route(params['method'], content)
        if answer is None:
            return None
        signed = json.dumps(answer, ensure_ascii=False).replace('/', '\\/')
        signature = rsa_sign(self.thief_key if self.forge else self.platform_key, signed)
        text = f'{{"{node}":{signed},"sign":"{signature}"}}'
        return self.tamper(text) if self.tamper else text

    def verify(self, params):
        """Return what is wrong with a request; None when it is the merchant's."""
        if params.get('app_id') != APP_ID:
            return 'isv.invalid-app-id'
        if params.get('sign_type') != 'RSA2' or params.get('version') != '1.0':
            return 'isv.invalid-signature-type'
        moment = datetime.strptime(params['timestamp'], '%Y-%m-%d %H:%M:%S').replace(tzinfo=BEIJING)
        if abs((datetime.now(BEIJING) - moment).total_seconds()) > 900:
            return 'isv.invalid-timestamp'
        signature = params.get('sign', '')
        text = '&'.join(
            f'{key}={params[key]}' for key in sorted(params) if key != 'sign' and params[key]
        )
        try:
            self.merchant_key.public_key().verify(
                base64.b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return 'isv.invalid-signature'
        return None

    # --- the interfaces ---
    def say(self, **values):
        return {'code': '10000', 'msg': 'Success', **values}

    def refuse(self, code, text):
        return {'code': '40004', 'msg': 'Business Failed', 'sub_code': code, 'sub_msg': text}

    def route(self, method, content):
        if self.busy:
            return {'code': '20000', 'msg': 'Service Currently Unavailable'}
        if method == 'alipay.data.dataservice.bill.downloadurl.query':
            if content['bill_date'] not in self.bills:
                return self.refuse('isp.bill_not_exist', "账单不存在")
            address = self.url.replace('gateway.do', content['bill_date'])
            return self.say(bill_download_url=address)
        number = content['out_trade_no']
        if method == 'alipay.trade.precreate':
            return self.create_trade(content, 'precreate')
        trade = self.trades.get(number)
        if not trade:
            return self.refuse('ACQ.TRADE_NOT_EXIST', "交易不存在")
        if method == 'alipay.trade.query':
            return self.say(**self.describe(trade))
        if method == 'alipay.trade.close':
            if trade['status'] != 'WAIT_BUYER_PAY':
                return self.refuse('ACQ.REASON_TRADE_STATUS_INVALID', "交易状态不合法")
            trade['status'] = 'TRADE_CLOSED'
            return self.say(out_trade_no=number)
        if method == 'alipay.trade.refund':
            return self.refund(trade, content)
        if method == 'alipay.trade.fastpay.refund.query':
            amount = self.refunds.get((number, content['out_request_no']))
            if amount is None:
                return self.say()
            return self.say(
                out_trade_no=number,
                trade_no=trade['trade_no'],
                out_request_no=content['out_request_no'],
                refund_amount=f'{amount:.2f}',
                total_amount=trade['amount'],
                refund_status='REFUND_SUCCESS',
                gmt_refund_pay='2026-11-22 18:30:00',
            )
        return self.refuse('isv.invalid-method', method)

    def create_trade(self, content, channel):
        good = (
            NUMBER.fullmatch(content['out_trade_no'])
            and re.fullmatch(r'\d+\.\d\d', content['total_amount'])
            and 0 < len(content['subject']) <= 256
            and re.fullmatch(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d', content['time_expire'])
        )
        if not good:
            return self.refuse('ACQ.INVALID_PARAMETER', "参数无效")
        self.trades[content['out_trade_no']] = {
            'number': content['out_trade_no'],
            'trade_no': f'2026112222001{len(self.trades):05d}',
            'amount': content['total_amount'],
            'status': 'WAIT_BUYER_PAY',
            'channel': channel,
        }
        return self.say(
            out_trade_no=content['out_trade_no'],
            qr_code=f'https://qr.alipay.com/bax{len(self.trades)}',
        )

    def open_form(self, params):
        """Do what Alipay does with a form that a browser posts; return what is wrong with it."""
        problem = self.verify(params)
        if not problem:
            channel = {'alipay.trade.page.pay': 'page', 'alipay.trade.wap.pay': 'wap'}
            self.create_trade(json.loads(params['biz_content']), channel[params['method']])
        return problem

    def pay(self, number, amount=None):
        trade = self.trades[number]
        trade['status'] = 'TRADE_SUCCESS'
        trade['amount'] = amount or trade['amount']

    def describe(self, trade):
        values = {
            'out_trade_no': trade['number'],
            'trade_no': trade['trade_no'],
            'trade_status': trade['status'],
            'total_amount': trade['amount'],
            'buyer_logon_id': 'abc***@example.com',
            'store_name': '证大/五道口店',
        }
        if trade['status'] == 'TRADE_SUCCESS':
            values['send_pay_date'] = '2026-11-22 18:00:00'
        return values

    def refund(self, trade, content):
        key, amount = (trade['number'], content['out_request_no']), float(content['refund_amount'])
        if trade['status'] != 'TRADE_SUCCESS':
            return self.refuse('ACQ.TRADE_STATUS_ERROR', "交易状态不合法")
        changed = key not in self.refunds
        if changed:
            done = sum(value for known, value in self.refunds.items() if known[0] == key[0])
            if round(done + amount, 2) > float(trade['amount']):
                return self.refuse('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', "退款金额超限")
            self.refunds[key] = amount
        if self.sleepy:
            return None
        total = sum(value for known, value in self.refunds.items() if known[0] == key[0])
        return self.say(
            out_trade_no=trade['number'],
            trade_no=trade['trade_no'],
            refund_fee=f'{total:.2f}',
            send_back_fee='0.00',
            fund_change='Y' if changed else 'N',
        )

    # --- notifications ---
    def notify(self, number, *, key=None, keep_empty=False, **values):
        """Return the form of a signed notification."""
        trade = self.trades[number]
        form = {
            'notify_time': '2026-11-22 18:00:05',
            'notify_type': 'trade_status_sync',
            'notify_id': f'notice-{number}',
            'app_id': APP_ID,
            'seller_id': SELLER_ID,
            'charset': 'utf-8',
            'version': '1.0',
            'out_trade_no': number,
            'trade_no': trade['trade_no'],
            'trade_status': trade['status'],
            'total_amount': trade['amount'],
            'subject': '证大五道口店 a&b=c+d',
            'gmt_payment': '2026-11-22 18:00:00',
            'body': '',
            **values,
        }
        text = '&'.join(f'{name}={form[name]}' for name in sorted(form) if keep_empty or form[name])
        return form | {'sign_type': 'RSA2', 'sign': rsa_sign(key or self.platform_key, text)}

    def come_back(self, number, *, key=None, **values):
        """Return the parameters of the signed address to which the payer returns: no state."""
        trade = self.trades[number]
        params = {
            'charset': 'utf-8',
            'out_trade_no': number,
            'method': 'alipay.trade.page.pay.return',
            'total_amount': trade['amount'],
            'trade_no': trade['trade_no'],
            'auth_app_id': APP_ID,
            'version': '1.0',
            'app_id': APP_ID,
            'seller_id': SELLER_ID,
            'timestamp': '2026-11-22 18:00:05',
            **values,
        }
        text = '&'.join(f'{name}={params[name]}' for name in sorted(params))
        return params | {'sign_type': 'RSA2', 'sign': rsa_sign(key or self.platform_key, text)}
