import re

from odoo.addons.payment.const import SENSITIVE_KEYS

# What core must not write into the log of requests and answers: keys, signatures, who paid.
SENSITIVE_KEYS.update(
    (
        'simulator_keys',
        'sign',
        'signature',
        'paySign',
        'ciphertext',
        'openid',
        'access_token',
        'secret',
        'payer',
    )
)

# An order number that every gateway takes; refunds may be twice as long.
REFERENCE = re.compile(r'[0-9A-Za-z_]{6,64}')
REFERENCE_LENGTH = 32

# How long a payer may take before the gateway is asked, and how often it is asked.
QUERY_AFTER_MINUTES = 2
CHECK_SECONDS = 5
BATCH_SIZE = 100
# The gateways publish the bill of a day at about 10 in the morning of the next one, Beijing time.
BILL_READY_HOUR, BILL_READY_MINUTE = 10, 30
BILL_RETRY_DAYS = 3

MOBILE = re.compile(r'Mobile|Android|iPhone|iPad|HarmonyOS', re.IGNORECASE)
