"""The licence API as if it stood alone: FastAPI, the same statement, the same signature.

No rules, no limits, no counters: what is left is the price of the statement and of the signature.
Run with uvicorn; PG* name the server, LICENSE_* the database and what it needs.
"""

import os
import threading
import time
from datetime import datetime, timezone

import psycopg2
from aftercare_tools import jws, keys
from fastapi import FastAPI, Request
from fastapi.responses import ORJSONResponse

app = FastAPI()
local = threading.local()
signer = jws.make_signer('reference', bytes(32))
with open(os.environ['LICENSE_STATEMENT']) as file:
    STATEMENT = file.read()
SECRET = os.environ['LICENSE_SECRET']


def find(digest):
    if not hasattr(local, 'connection'):
        local.connection = psycopg2.connect(dbname=os.environ['LICENSE_DATABASE'])
        local.connection.autocommit = True
    with local.connection.cursor() as cursor:
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        cursor.execute(STATEMENT, {'digest': digest, 'version': '5.2.0', 'now': now})
        return cursor.fetchone()


@app.post('/license/v1/validate')
async def validate(request: Request):
    question = await request.json()
    row = find(keys.digest(question['key'], SECRET))
    now = int(time.time())
    claims = {
        'iss': 'https://vendor.example',
        'sub': row[3],
        'aud': question['scope']['product'],
        'iat': now,
        'nbf': now,
        'exp': now + 1296000,
        'nonce': question['nonce'],
        'valid': row[4] == 'active',
        'code': 'VALID',
        'domain': question['scope']['domain'],
        'seq': row[5],
        'refresh_after': now + 86400,
        'grace_until': now + 1728000,
        'license': {'status': row[4], 'type': row[7], 'entitlements': row[18] or []},
        'scope': question['scope'],
    }
    meta = {'valid': claims['valid'], 'code': 'VALID', 'nonce': question['nonce']}
    return ORJSONResponse({'meta': meta, 'data': claims['license'], 'token': signer.sign(claims)})
