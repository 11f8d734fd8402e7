"""Fills software.license by COPY: running licences, each bound to a domain of its own."""

import io
import json
import random
import uuid
from datetime import datetime, timedelta

KEPT = 5_000


def fill(env, size):
    """Add licences until there are `size`; return the requests of some of them, as JSON lines."""
    from odoo.addons.aftercare_license.tools import keys

    License = env['software.license']
    product, policy, partner = _get_basis(env)
    have = License.search_count([])
    prefix = policy.key_prefix
    secret = License._get_digest_secret()
    now = datetime.now().replace(microsecond=0)
    start, expiry = now - timedelta(days=100), now + timedelta(days=265)
    rows, hosts, bodies = io.StringIO(), io.StringIO(), []
    first = _reserve_ids(env, size - have)
    for number in range(have, size):
        key = keys.generate(prefix)
        identity = first + number - have
        domain = f'shop-{number}.example.com'
        rows.write(
            '\t'.join(
                map(
                    str,
                    (
                        *(identity, f'B{number:08d}', uuid.uuid4(), 'active', partner.id),
                        *(partner.id, product.id, product.product_tmpl_id.id, policy.id),
                        *(env.company.id, policy.license_type, domain, domain, key),
                        *(keys.digest(key, secret), key[-5:], start, expiry),
                        *(expiry + timedelta(days=14), expiry, 1, expiry - timedelta(days=30)),
                    ),
                )
            )
            + '\n'
        )
        hosts.write(
            f'{identity}\t{domain}\t{domain}\texample.com\tprimary\tproduction\t{product.id}\tt\n'
        )
        if size - have <= KEPT or random.random() < KEPT / (size - have):
            bodies.append(
                {
                    'key': key,
                    'scope': {'product': product.license_code, 'domain': f'https://{domain}/'},
                    'nonce': uuid.uuid4().hex,
                    'instance': {'id': f'i_{number}'},
                    'client': {'sdk': 'php/1.0.0', 'platform': 'php 8.3'},
                }
            )
    _copy(env, 'software_license', COLUMNS, rows)
    _copy(env, 'software_license_domain', HOST_COLUMNS, hosts)
    env.cr.commit()
    env.cr._cnx.autocommit = True
    env.cr.execute('VACUUM ANALYZE software_license, software_license_domain')
    env.cr._cnx.autocommit = False
    return [json.dumps(body) for body in bodies]


COLUMNS = (
    *('id', 'name', 'uuid', 'state', 'partner_id'),
    *('commercial_partner_id', 'product_id', 'product_tmpl_id', 'policy_id'),
    *('company_id', 'license_type', 'domain', 'domain_display', 'key'),
    *('key_digest', 'key_last', 'date_start', 'date_expiry'),
    *('date_grace_end', 'updates_until', 'seq', 'next_check_date'),
)
HOST_COLUMNS = (
    *('license_id', 'name', 'display', 'registrable', 'kind', 'environment'),
    *('product_id', 'is_exclusive'),
)


def _get_basis(env):
    policy = env.ref('aftercare_license.software_license_policy_annual')
    product = env['product.product'].search([('license_code', '=', 'bench')], limit=1)
    if not product:
        product = env['product.product'].create(
            {
                'name': 'Bench',
                'type': 'service',
                'license_policy_id': policy.id,
                'license_code': 'bench',
            }
        )
    partner = env['res.partner'].search([('name', '=', 'Bench licences')], limit=1)
    return product, policy, partner or partner.create({'name': 'Bench licences'})


def _reserve_ids(env, count):
    env.cr.execute(
        "SELECT max(nextval('software_license_id_seq')) FROM generate_series(1, %s)",
        [max(count, 1)],
    )
    return env.cr.fetchone()[0] - max(count, 1) + 1


def _copy(env, table, columns, rows):
    rows.seek(0)
    # foreign keys are right by construction
    env.cr.execute('SET LOCAL session_replication_role = replica')
    env.cr._obj.copy_from(rows, table, columns=columns)
    env.cr.execute('SET LOCAL session_replication_role = origin')
