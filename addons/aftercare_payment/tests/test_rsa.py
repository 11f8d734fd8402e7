import base64
import json
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from odoo.tests import BaseCase, tagged

from ..tools import rsa

# Published in the specification of this suite: key, nonce, associated data, ciphertext.
AES_KEY = '0123456789abcdef0123456789ABCDEF'
AES_NONCE = 'fdasflkja484'
AES_TEXT = (
    'bz1kVndYkCFlgKSe7VZeuBxCb6jr2XsMVxgLZBGofcEd7SUTxiqXufBEnJXIPqWTjFgGBn28WqqNOs0Eab58oR05zwke'
    'W1/z+hTpmv+CdpdiHeWci3yZgHtHa7ZGmtIzZwMFbrPBKrXJ+bBlxjaip2FLspp6C4EhdKa6R1h7sQGc8sGcEySjapVK'
    'Tgd5Vmg='
)
REQUEST = (
    'POST\n/v3/pay/transactions/native\n1763757824\n593BEC0C930BF1AFEB40B4A08C8FB242\n{"a": 1}\n'
)


@tagged('post_install', '-at_install')
class TestRsa(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.private, cls.public = rsa.generate_pair()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        (cls.folder / 'private.pem').write_text(cls.private)
        (cls.folder / 'public.pem').write_text(cls.public)

    def _openssl(self, *arguments, data=b''):
        return subprocess.run(
            ['openssl', *arguments], input=data, capture_output=True, check=True, cwd=self.folder
        ).stdout

    def test_signature_is_the_one_of_openssl(self):
        theirs = self._openssl('dgst', '-sha256', '-sign', 'private.pem', data=REQUEST.encode())
        self.assertEqual(rsa.sign(self.private, REQUEST), base64.b64encode(theirs).decode())

    def test_signature_of_openssl_is_verified(self):
        theirs = self._openssl('dgst', '-sha256', '-sign', 'private.pem', data='签名'.encode())
        signature = base64.b64encode(theirs).decode()
        self.assertTrue(rsa.verify(self.public, '签名', signature))
        self.assertFalse(rsa.verify(self.public, '簽名', signature))

    def test_openssl_verifies_our_signature(self):
        (self.folder / 'signature').write_bytes(base64.b64decode(rsa.sign(self.private, REQUEST)))
        answer = self._openssl(
            *('dgst', '-sha256', '-verify', 'public.pem', '-signature', 'signature'),
            data=REQUEST.encode(),
        )
        self.assertIn(b'OK', answer)

    def test_nonsense_is_no_signature(self):
        for signature in (None, '', 'WECHATPAY/SIGNTEST/abc', '!!', 'QUJD', '签名'):
            self.assertFalse(rsa.verify(self.public, REQUEST, signature), signature)
        self.assertFalse(rsa.verify('no key', REQUEST, rsa.sign(self.private, REQUEST)))
        self.assertFalse(rsa.verify(None, REQUEST, rsa.sign(self.private, REQUEST)))

    def test_private_keys_in_every_dress(self):
        key = rsa.load_private_key(self.private)
        pkcs1 = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ).decode()
        expected = rsa.sign(self.private, REQUEST)
        for text in (self.private, pkcs1):
            bare = ''.join(text.splitlines()[1:-1])
            for dress in (text, text.replace('\n', ''), bare, f'  {bare}\n', text + '\n\n'):
                self.assertEqual(rsa.sign(dress, REQUEST), expected)

    def test_public_keys_in_every_dress(self):
        signature = rsa.sign(self.private, REQUEST)
        self._openssl(
            *('req', '-x509', '-new', '-key', 'private.pem', '-subj', '/CN=Tenpay'),
            *('-days', '3650', '-out', 'certificate.pem'),
        )
        certificate = (self.folder / 'certificate.pem').read_text()
        bare = ''.join(self.public.splitlines()[1:-1])
        for dress in (self.public, self.public.replace('\n', ''), bare, certificate):
            self.assertTrue(rsa.verify(dress, REQUEST, signature))

    def test_certificates_by_serial_number(self):
        self._openssl(
            *('req', '-x509', '-new', '-key', 'private.pem', '-subj', '/CN=Tenpay'),
            *('-set_serial', '0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1'),
            *('-days', '3650', '-out', 'certificate.pem'),
        )
        certificate = (self.folder / 'certificate.pem').read_text()
        keys = rsa.load_certificates(f'{certificate}\n-----BEGIN CERTIFICATE-----x\n{certificate}')
        self.assertEqual(list(keys), ['5157F09EFDC096DE15EBE81A47057A7232F1B8E1'])
        self.assertTrue(rsa.verify(*keys.values(), REQUEST, rsa.sign(self.private, REQUEST)))

    def test_no_key(self):
        for text in (None, '', 'abc', self.public, '-----BEGIN PRIVATE KEY-----abc'):
            with self.assertRaises(ValueError):
                rsa.load_private_key(text)
        with self.assertRaises(ValueError):
            rsa.load_public_key(self.private)

    def test_published_ciphertext(self):
        text = rsa.decrypt(AES_KEY, AES_NONCE, 'transaction', AES_TEXT)
        self.assertEqual(
            json.loads(text),
            {
                'mchid': '1900000001',
                'out_trade_no': 'S00012_20261121204344',
                'trade_state': 'SUCCESS',
                'amount': {'total': 12850, 'currency': 'CNY'},
            },
        )
        self.assertEqual(rsa.encrypt(AES_KEY, AES_NONCE, 'transaction', text), AES_TEXT)

    def test_altered_ciphertext_is_refused(self):
        for arguments in (
            (AES_KEY[::-1], AES_NONCE, 'transaction', AES_TEXT),
            (AES_KEY, AES_NONCE[::-1], 'transaction', AES_TEXT),
            (AES_KEY, AES_NONCE, 'refund', AES_TEXT),
            (AES_KEY, AES_NONCE, 'transaction', 'a' + AES_TEXT[1:]),
            (AES_KEY, AES_NONCE, 'transaction', '!'),
            (AES_KEY, AES_NONCE, 'transaction', ''),
            ('short', AES_NONCE, 'transaction', AES_TEXT),
            (None, None, None, None),
        ):
            with self.assertRaises(ValueError):
                rsa.decrypt(*arguments)
