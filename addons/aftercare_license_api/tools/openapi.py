"""The OpenAPI 3.1 document of the licence API, as data. No Odoo here."""

from .questions import MAX_BODY
from .verdict import CODES, VALID_CODES

VERSION = '1.0.0'
ERROR_CODES = {
    400: ['BAD_REQUEST'],
    404: ['NOT_FOUND'],
    405: ['METHOD_NOT_ALLOWED'],
    409: [
        'DOMAIN_ALREADY_LICENSED',
        'DOMAIN_CHANGE_LIMIT_REACHED',
        'INSTANCE_MISMATCH',
        'CHECKOUT_NOT_ALLOWED',
        'OFFLINE_NOT_ALLOWED',
        'OFFLINE_QUOTA_REACHED',
        'NO_DOMAIN',
    ],
    411: ['LENGTH_REQUIRED'],
    413: ['PAYLOAD_TOO_LARGE'],
    415: ['UNSUPPORTED_MEDIA_TYPE'],
    422: ['UNPROCESSABLE'],
    429: ['TOO_MANY_REQUESTS'],
    500: ['INTERNAL'],
    503: ['MAINTENANCE'],
}
# No control characters.
PRINTABLE = r'^[^\u0000-\u001f\u007f]*$'
_ALWAYS = (405, 429, 500, 503)
_BODY = (400, 411, 413, 415, 422)


def build(server):
    """Return the document.

    :param str server: base URL of the vendor
    """
    return {
        'openapi': '3.1.0',
        'info': {
            'title': 'Licence API',
            'version': VERSION,
            'description': (
                'Programs ask whether they are licensed and get a signed verdict. Only the member '
                '`token` of an answer may decide: a compact JWS (EdDSA, Ed25519). Any status but '
                '200 is no verdict. Members of requests that are unknown are ignored; bodies have '
                f'{MAX_BODY} bytes at most.'
            ),
        },
        'servers': [{'url': f'{server}/license/v1'}],
        'paths': {
            '/validate': {'post': _build_question('validate', "Ask for a verdict", ())},
            '/activate': {
                'post': _build_question('activate', "Register an installation", (409,), True)
            },
            '/deactivate': {'post': _build_deactivate()},
            '/checkout': {
                'post': _build_question('checkout', "Fetch a licence file", (409,), extra='File')
            },
            '/releases/latest': {
                'post': _build_question(
                    'latest', "Find the newest version that is covered", (), extra='Latest'
                )
            },
            '/releases/download': {'get': _build_download()},
            '/status': {'get': _build_status()},
            '/keys': {'get': _build_get('keys', "Get the public keys", 'Keys')},
            '/health': {'get': _build_get('health', "Ask whether the server works", 'Health')},
            '/openapi.json': {'get': _build_get('openapi', "Get this document", 'Document')},
        },
        'components': {
            'schemas': _build_schemas(),
            'responses': {str(status): _build_error(status) for status in ERROR_CODES},
        },
    }


# === OPERATIONS === #


def _build_question(name, summary, errors, is_activation=False, extra=None):
    body = {'$ref': '#/components/schemas/' + ('Activation' if is_activation else 'Question')}
    answer = {'$ref': f'#/components/schemas/{extra or "Answer"}'}
    return {
        'operationId': name,
        'summary': summary,
        'requestBody': {'required': True, 'content': {'application/json': {'schema': body}}},
        'responses': {'200': _build_ok("A verdict", answer), **_refer(*_BODY, *errors, *_ALWAYS)},
    }


def _build_deactivate():
    answers = [
        {'$ref': '#/components/schemas/Deactivation'},
        {'$ref': '#/components/schemas/Answer'},
    ]
    body = {'$ref': '#/components/schemas/Release'}
    return {
        'operationId': 'deactivate',
        'summary': "Release an installation",
        'description': (
            'An installation that was activated with a key of its own signs five lines joined by '
            'newlines: `deactivate`, the issuer, `instance.id`, `nonce`, `instance.ts`.'
        ),
        'requestBody': {'required': True, 'content': {'application/json': {'schema': body}}},
        'responses': {
            '200': _build_ok("Released, or a verdict on the key", {'anyOf': answers}),
            **_refer(*_BODY, 404, *_ALWAYS),
        },
    }


def _build_download():
    token = {'name': 'token', 'in': 'query', 'required': True, 'schema': {'type': 'string'}}
    return {
        'operationId': 'download',
        'summary': "Download a release by the link of /releases/latest",
        'parameters': [token],
        'responses': {
            '200': {
                'description': "The file",
                'content': {'application/octet-stream': {'schema': {'type': 'string'}}},
            },
            **_refer(404, *_ALWAYS),
        },
    }


def _build_status():
    parameters = [
        {
            'name': name,
            'in': 'query',
            'required': True,
            'schema': {'type': 'string', 'minLength': 1},
        }
        for name in ('product', 'domain')
    ]
    answer = {'$ref': '#/components/schemas/Status'}
    return {
        'operationId': 'status',
        'summary': "Ask whether a domain is licensed: yes or no",
        'parameters': parameters,
        'responses': {'200': _build_ok("Yes or no", answer), **_refer(422, *_ALWAYS)},
    }


def _build_get(name, summary, schema):
    answer = {'$ref': f'#/components/schemas/{schema}'}
    return {
        'operationId': name,
        'summary': summary,
        'responses': {'200': _build_ok(summary, answer), **_refer(*_ALWAYS)},
    }


def _build_ok(description, schema):
    return {'description': description, 'content': {'application/json': {'schema': schema}}}


def _refer(*statuses):
    return {
        str(status): {'$ref': f'#/components/responses/{status}'}
        for status in sorted(set(statuses))
    }


def _build_error(status):
    retry = {'Retry-After': {'schema': {'type': 'integer'}, 'description': "Seconds to wait"}}
    document = _object(
        {
            'title': _text(),
            'detail': _text(),
            'code': {'type': 'string', 'enum': ERROR_CODES[status]},
            'source': _object({'pointer': _text()}),
        },
        ['title', 'detail', 'code'],
    )
    errors = {'type': 'array', 'items': document, 'minItems': 1}
    return {
        'description': f'No verdict: {" or ".join(ERROR_CODES[status])}',
        'headers': retry if status in (429, 503) else {},
        'content': {'application/json': {'schema': _object({'errors': errors}, ['errors'])}},
    }


# === SCHEMAS === #


def _build_schemas():
    question = _build_question_schema()
    activation = _build_question_schema(
        {'public_key': _nullable(pattern='^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])?$')}
    )
    release = _build_question_schema(
        {
            'signature': _input(128),
            'ts': {'type': ['integer', 'null'], 'description': "Unix time"},
        }
    )
    answer = _build_answer_schema()
    return {
        'Question': question,
        'Activation': activation,
        'Release': release,
        'Answer': answer,
        'File': _extend(
            answer, {'file': _text(), 'file_expires_at': {'type': ['string', 'null']}}, []
        ),
        'Latest': _extend(answer, {'release': _build_release_schema()}, ['release']),
        'Deactivation': _object(
            {
                'meta': _object(
                    {'code': {'const': 'DEACTIVATED'}, 'ts': _time(), 'nonce': _text()},
                    ['code', 'ts', 'nonce'],
                ),
                'data': _object({'type': {'const': 'installations'}, 'id': _text()}),
            },
            ['meta', 'data'],
        ),
        'Status': _object(
            {'product': _text(), 'domain': _nullable(), 'licensed': {'type': 'boolean'}},
            ['product', 'domain', 'licensed'],
        ),
        'Keys': _object({'keys': {'type': 'array', 'items': _build_key_schema()}}, ['keys']),
        'Health': _object({'ok': {'const': True}}, ['ok']),
        'Document': {'type': 'object'},
    }


def _build_question_schema(instance=None):
    scope = _object(
        {
            'product': _input(64),
            'domain': _nullable(description="Host or address, as the installation knows it"),
            'version': _input(64),
            'entitlements': {
                'type': ['array', 'null'],
                'maxItems': 32,
                'items': _text(minLength=1, maxLength=64),
            },
        }
    )
    who = {'id': _input(64), 'fingerprint': _input(128)}
    if instance:
        who['id'] = _text(minLength=1, maxLength=64, pattern=PRINTABLE)
    return _object(
        {
            'key': _text(minLength=1, maxLength=64, pattern=PRINTABLE),
            'scope': _optional(scope),
            'instance': _object(who | instance, ['id']) if instance else _optional(_object(who)),
            'nonce': _text(pattern='^[A-Za-z0-9_-]{16,64}$'),
            'client': _optional(_object({'sdk': _input(64), 'platform': _input(128)})),
        },
        ['key', 'nonce', *(['instance'] if instance else [])],
    )


def _build_answer_schema():
    meta = _object(
        {
            'valid': {'type': 'boolean'},
            'code': {
                'type': 'string',
                'enum': list(CODES),
                'description': f'Valid are {", ".join(sorted(VALID_CODES))}.',
            },
            'reason': {'type': ['string', 'null']},
            'detail': _text(),
            'ts': _time(),
            'nonce': _text(),
            'scope': _object({'product': _nullable(), 'domain': _nullable()}),
        },
        ['valid', 'code', 'detail', 'ts', 'nonce', 'scope'],
    )
    attributes = _object(
        {
            'status': {'enum': ['active', 'grace', 'expired', 'suspended', 'revoked']},
            'license_type': _text(),
            'domain': _nullable(),
            'expiry': _nullable(),
            'updates_until': _nullable(),
            'entitlements': {'type': 'array', 'items': _text()},
            'last_four': _text(),
            'domain_changes_left': {'type': 'integer', 'minimum': 0},
        },
        ['status', 'license_type', 'domain', 'expiry', 'updates_until', 'entitlements'],
    )
    data = _object({'type': {'const': 'licenses'}, 'id': _text(), 'attributes': attributes})
    return _object(
        {
            'meta': meta,
            'data': _optional(data),
            'token': _text(pattern=r'^[\w-]+\.[\w-]+\.[\w-]+$'),
            'key_transition': _text(),
        },
        ['meta', 'data', 'token'],
    )


def _build_release_schema():
    release = _object(
        {
            'version': _text(),
            'released_at': _time(),
            'is_installed': {'type': 'boolean'},
            'notes': _nullable(),
            'url': _nullable(),
            'url_expires_at': _nullable(),
            'sha256': _nullable(),
        },
        ['version', 'released_at', 'is_installed'],
    )
    return _optional(release)


def _build_key_schema():
    names = {'kty': 'OKP', 'crv': 'Ed25519', 'use': 'sig', 'alg': 'EdDSA'}
    fixed = {name: {'const': value} for name, value in names.items()}
    return _object({**fixed, 'kid': _text(), 'x': _text()}, ['kty', 'crv', 'kid', 'x'])


def _object(properties, required=None):
    schema = {'type': 'object', 'properties': properties}
    return schema | {'required': required} if required else schema


def _optional(schema):
    return {**schema, 'type': ['object', 'null']}


def _extend(schema, properties, required):
    return {
        **schema,
        'properties': schema['properties'] | properties,
        'required': [*schema['required'], *required],
    }


def _text(**rules):
    return {'type': 'string', **rules}


def _input(max_length):
    return _nullable(maxLength=max_length, pattern=PRINTABLE)


def _nullable(**rules):
    return {'type': ['string', 'null'], **rules}


def _time():
    return {'type': 'string', 'format': 'date-time'}
