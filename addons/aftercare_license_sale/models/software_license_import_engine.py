import re
from collections import Counter
from datetime import datetime

from odoo import Command, api, models
from odoo.addons.aftercare_license.tools import keys
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..const import IMPORT_COLUMNS, REQUIRED_COLUMNS

DATE_PATTERN = re.compile(r'^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$')
PUNCTUATION = re.compile(r'[\s_\-./()（）:：*#]+')


class SoftwareLicenseImportEngine(models.AbstractModel):
    """Finds what the rows of a file mean, and writes it.

    A row is a dict: ``number`` in the file, ``cells`` column → text, ``vals`` column → value,
    ``problems`` as (column, text, message), ``kind`` created, updated or same, and what it means:
    ``order``, ``line``, ``license``, ``partner``, all of which may be empty before the import.
    """

    _name = 'software.license.import.engine'
    _description = 'Engine of Order and Licence Imports'

    # === BUSINESS METHODS: header === #
    @api.model
    def _get_labels(self):
        return {column: self.env._(label) for column, (label, _names) in IMPORT_COLUMNS.items()}

    @api.model
    def _map_header(self, header):
        """Match the headers with the columns: ``({index: column}, [ignored headers])``.

        :raises UserError: when a column is missing
        """
        labels = self._get_labels()
        names = {}
        for column, (label, others) in IMPORT_COLUMNS.items():
            for name in (column, str(label), labels[column], *others.split(',')):
                names.setdefault(self._to_key(name), column)
        mapping, ignored = {}, []
        for index, text in enumerate(header):
            column = names.get(self._to_key(text))
            if column and column not in mapping.values():
                mapping[index] = column
            elif text:
                ignored.append(text)
        missing = [labels[column] for column in REQUIRED_COLUMNS if column not in mapping.values()]
        if not {'customer', 'email'} & set(mapping.values()):
            missing.append(labels['customer'])
        if missing:
            raise UserError(
                self.env._(
                    "The first row of the file must name the columns. Missing: %(columns)s.",
                    columns=", ".join(missing),
                )
            )
        return mapping, ignored

    @api.model
    def _to_key(self, text):
        return PUNCTUATION.sub('', str(text)).casefold()

    # === BUSINESS METHODS: rows === #
    @api.model
    def _read_rows(self, mapping, lines, source, company):
        """Turn the lines of a table into checked rows."""
        rows = [
            {
                'number': number,
                'cells': {
                    column: cells[index]
                    for index, column in mapping.items()
                    if index < len(cells) and cells[index]
                },
                'vals': {},
                'problems': [],
                'kind': 'created',
                'order': self.env['sale.order'],
                'line': self.env['sale.order.line'],
                'license': self.env['software.license'],
                'partner': self.env['res.partner'],
            }
            for number, cells in lines
        ]
        lookups = self._prepare_lookups(rows, company)
        for row in rows:
            self._parse_row(row, lookups)
        self._find_orders(rows, source, company)
        self._find_partners(rows)
        self._check_orders(rows)
        self._check_domains(rows)
        self._check_keys(rows)
        for row in rows:
            if row['line'] and not row['problems']:
                row['kind'] = 'updated' if self._get_changes(row) else 'same'
        return rows

    @api.model
    def _prepare_lookups(self, rows, company):
        """Read once what the cells of all rows are compared with."""
        codes = list({row['cells'].get('product', '') for row in rows})
        products = self.env['product.product'].search(
            [
                '&',
                *self.env['product.product']._check_company_domain(company),
                '|',
                ('default_code', 'in', codes),
                ('license_code', 'in', codes),
            ]
        )
        by_code = {}
        for product in products:
            for code in {product.default_code, product.license_code} - {False}:
                by_code.setdefault(code, product)
        currencies = self.env['res.currency'].search([])
        pricelists = self.env['product.pricelist'].search(
            self.env['product.pricelist']._check_company_domain(company)
        )
        return {
            'products': by_code,
            'currencies': {currency.name: currency for currency in currencies},
            'pricelists': {pricelist.currency_id: pricelist for pricelist in reversed(pricelists)},
            'company': company,
        }

    def _parse_row(self, row, lookups):
        cells, vals = row['cells'], row['vals']
        labels = self._get_labels()
        for column in REQUIRED_COLUMNS:
            if not cells.get(column):
                self._add_problem(
                    row, column, self.env._("%(column)s is missing.", column=labels[column])
                )
        if not cells.get('email') and not cells.get('customer'):
            self._add_problem(row, 'customer', self.env._("The customer is missing."))
        for column, text in cells.items():
            try:
                if len(text) > 256:
                    raise UserError(self.env._("This is too long."))
                parse = getattr(self, f'_parse_{column}', None)
                vals[column] = parse(text, row, lookups) if parse else text
            except UserError as error:
                self._add_problem(row, column, str(error))
        product = vals.get('product')
        policy = product.license_policy_id if product else None
        if vals.get('domain') and policy:
            try:
                if policy._takes_domain():
                    vals['host'] = policy._normalize_host(vals['domain'])
            except UserError as error:
                self._add_problem(row, 'domain', str(error))
        if vals.get('start') and vals.get('expiry') and vals['expiry'] <= vals['start']:
            self._add_problem(row, 'expiry', self.env._("The licence ends before it begins."))

    def _parse_date(self, text, row, lookups):
        match = DATE_PATTERN.match(text)
        try:
            # noon: the same day in most time zones it will be shown in
            return datetime(*map(int, match.groups()), 12)
        except (AttributeError, ValueError):
            raise UserError(self.env._("Not a date. Write it like 2026-12-31.")) from None

    _parse_start = _parse_expiry = _parse_date

    def _parse_email(self, text, row, lookups):
        email = email_normalize(text)
        if not email:
            raise UserError(self.env._("Not an e-mail address."))
        return email

    def _parse_product(self, text, row, lookups):
        product = lookups['products'].get(text)
        if not product:
            raise UserError(self.env._("There is no product with this code."))
        return product

    def _parse_key(self, text, row, lookups):
        if not keys.canonical(text):
            raise UserError(
                self.env._(
                    "A key has at least %(count)s letters and digits. Leave it empty to have one "
                    "made.",
                    count=keys.BODY_LENGTH,
                )
            )
        return text

    def _parse_amount(self, text, row, lookups):
        number = re.sub(r'[^\d.,-]', '', text)
        if ',' in number and '.' in number:
            decimal = max(number.rfind(','), number.rfind('.'))
            number = re.sub(r'[.,]', '', number[:decimal]) + '.' + number[decimal + 1 :]
        elif re.fullmatch(r'-?\d+,\d{1,2}', number):
            number = number.replace(',', '.')
        else:
            number = number.replace(',', '')
        try:
            amount = float(number)
        except ValueError:
            raise UserError(self.env._("Not an amount.")) from None
        if amount < 0:
            raise UserError(self.env._("The amount is negative."))
        return amount

    def _parse_currency(self, text, row, lookups):
        currency = lookups['currencies'].get(text.upper())
        if not currency:
            raise UserError(self.env._("Unknown or inactive currency."))
        if currency != lookups['company'].currency_id and currency not in lookups['pricelists']:
            raise UserError(
                self.env._("There is no pricelist in %(currency)s.", currency=currency.name)
            )
        row['vals']['pricelist'] = lookups['pricelists'].get(currency)
        return currency

    def _add_problem(self, row, column, message):
        row['problems'].append((column, row['cells'].get(column, ''), message))

    # === BUSINESS METHODS: what rows mean === #
    def _find_orders(self, rows, source, company):
        """Find the orders, lines and licences that an earlier file brought."""
        references = list({row['vals'].get('order') for row in rows} - {None})
        orders = self.env['sale.order'].search(
            [
                ('company_id', '=', company.id),
                ('external_source', '=', source),
                ('external_reference', 'in', references),
            ]
        )
        by_reference = {order.external_reference: order for order in orders}
        seen = Counter()
        for row in rows:
            order = by_reference.get(row['vals'].get('order'))
            product = row['vals'].get('product')
            if not order or not product:
                continue
            row['order'] = order
            lines = order.order_line.sorted('id').grouped('product_id').get(product, row['line'])
            position = seen[order, product]
            seen[order, product] += 1
            row['line'] = lines[position : position + 1]
            row['license'] = row['line'].license_ids[:1]

    def _find_partners(self, rows):
        """Find the customers by e-mail, else by name."""
        emails = list({row['vals'].get('email') for row in rows} - {None})
        names = list(
            {row['vals'].get('customer') for row in rows if not row['vals'].get('email')} - {None}
        )
        partners = self.env['res.partner'].search(
            ['|', ('email_normalized', 'in', emails), ('name', 'in', names)], order='id'
        )
        by_email, by_name = {}, {}
        for partner in partners:
            by_email.setdefault(partner.email_normalized, partner)
            by_name.setdefault(partner.name, []).append(partner)
        for row in rows:
            email, name = row['vals'].get('email'), row['vals'].get('customer')
            if email:
                row['partner'] = by_email.get(email, row['partner'])
            elif len(by_name.get(name, [])) > 1:
                self._add_problem(
                    row, 'customer', self.env._("Several contacts have this name. Give the e-mail.")
                )
            elif name in by_name:
                row['partner'] = by_name[name][0]
            if row['order'] and (
                row['partner'].commercial_partner_id
                != row['order'].partner_id.commercial_partner_id
            ):
                self._add_problem(
                    row,
                    'email' if email else 'customer',
                    self.env._(
                        "The order belongs to another customer: %(name)s.",
                        name=row['order'].partner_id.display_name,
                    ),
                )

    def _check_orders(self, rows):
        """Refuse rows of one order that contradict each other."""
        first = {}
        for row in rows:
            vals = row['vals']
            if not vals.get('order'):
                continue
            other = first.setdefault(vals['order'], row)
            for column in ('email', 'date', 'currency'):
                if vals.get(column) != other['vals'].get(column):
                    self._add_problem(
                        row,
                        column,
                        self.env._(
                            "Row %(row)s says something else about the same order.",
                            row=other['number'],
                        ),
                    )

    def _check_domains(self, rows):
        """Refuse domains that are there twice or have a licence already."""
        hosts = {row['vals']['host'].name for row in rows if 'host' in row['vals']}
        products = self.env['product.product'].browse(
            {row['vals']['product'].id for row in rows if row['vals'].get('product')}
        )
        taken = products._find_taken_domains(hosts)
        seen = {}
        for row in rows:
            if 'host' not in row['vals']:
                continue
            product, host = row['vals']['product'], row['vals']['host']
            if not product.license_policy_id.domain_unique:
                continue
            place = (product.id, host.name)
            if place in seen:
                self._add_problem(
                    row, 'domain', self.env._("The same domain as in row %(row)s.", row=seen[place])
                )
            elif place in taken and row['license'].domain != host.name:
                self._add_problem(
                    row,
                    'domain',
                    self.env._("This domain has a licence of this product already."),
                )
            seen.setdefault(place, row['number'])

    def _check_keys(self, rows):
        """Refuse keys that are there twice or belong to another licence."""
        License = self.env['software.license']
        digests = {
            id(row): License._get_key_digest(row['vals']['key'])
            for row in rows
            if row['vals'].get('key')
        }
        # sudo: software.license - digests are closed to everybody
        known = {
            license.key_digest: license.id
            for license in License.sudo().search([('key_digest', 'in', list(digests.values()))])
        }
        seen = {}
        for row in rows:
            digest = digests.get(id(row))
            if not digest:
                continue
            row['vals']['key_digest'] = digest
            if digest in seen:
                self._add_problem(
                    row, 'key', self.env._("The same key as in row %(row)s.", row=seen[digest])
                )
            elif known.get(digest, row['license'].id) != row['license'].id:
                self._add_problem(row, 'key', self.env._("Another licence has this key."))
            seen.setdefault(digest, row['number'])

    def _get_changes(self, row):
        """Return what the row changes about the order, line and licence that are there."""
        vals, changes = row['vals'], {}
        # sudo: software.license - what is compared includes what methods write
        license_sudo = row['license'].sudo()
        if vals.get('date') and vals['date'].date() != row['order'].date_order.date():
            changes['date'] = vals['date']
        if 'amount' in vals and row['line'].currency_id.compare_amounts(
            vals['amount'], row['line'].price_unit
        ):
            changes['amount'] = vals['amount']
        if not license_sudo:
            return changes
        if 'host' in vals and vals['host'].name != license_sudo.domain:
            changes['host'] = vals['host']
        if vals.get('key_digest') and vals['key_digest'] != license_sudo.key_digest:
            changes['key'] = vals['key']
        expiry = license_sudo.date_expiry
        if vals.get('expiry') and (not expiry or vals['expiry'].date() != expiry.date()):
            changes['expiry'] = vals['expiry']
        return changes

    # === BUSINESS METHODS: writing === #
    @api.model
    def _write_rows(self, rows, record):
        """Create and update everything; whatever goes wrong takes everything back.

        :param record: the ``software.license.import``
        """
        rows = [row for row in rows if row['kind'] != 'same']
        new = [row for row in rows if row['kind'] == 'created']
        self._create_partners(new)
        self._create_orders(new, record)
        self._create_licenses(new, record)
        for row in rows:
            if row['kind'] == 'updated':
                self._update_row(row, record)

    def _create_partners(self, rows):
        missing = {}
        for row in rows:
            if not row['partner']:
                vals = row['vals']
                missing.setdefault(vals.get('email') or vals['customer'], []).append(row)
        partners = (
            self.env['res.partner']
            .with_context(tracking_disable=True)
            .create(
                [
                    {
                        'name': group[0]['vals'].get('customer') or group[0]['vals']['email'],
                        'email': group[0]['vals'].get('email'),
                    }
                    for group in missing.values()
                ]
            )
        )
        for partner, group in zip(partners, missing.values(), strict=True):
            for row in group:
                row['partner'] = partner

    def _create_orders(self, rows, record):
        """Create confirmed orders with their lines; more lines for those that are there."""
        by_reference = {}
        for row in rows:
            if not row['order']:
                by_reference.setdefault(row['vals']['order'], []).append(row)
        Order = self.env['sale.order'].with_context(
            tracking_disable=True, mail_create_nosubscribe=True
        )
        orders = Order.create(
            [self._prepare_order(group[0], record) for group in by_reference.values()]
        )
        for order, group in zip(orders, by_reference.values(), strict=True):
            for row in group:
                row['order'] = order
        lines = self.env['sale.order.line'].create(
            [{'order_id': row['order'].id, **self._prepare_line(row)} for row in rows]
        )
        for row, line in zip(rows, lines, strict=True):
            row['line'] = line

    def _prepare_order(self, row, record):
        vals = row['vals']
        order = {
            'partner_id': row['partner'].id,
            'company_id': record.company_id.id,
            'external_source': record.source.strip(),
            'external_reference': vals['order'],
            'client_order_ref': vals['order'],
            'origin': record.source.strip(),
            'state': 'sale',
            'require_payment': False,
        }
        if vals.get('date'):
            order['date_order'] = vals['date']
        if vals.get('pricelist'):
            order['pricelist_id'] = vals['pricelist'].id
        return order

    def _prepare_line(self, row):
        vals = row['vals']
        line = {
            'product_id': vals['product'].id,
            'product_uom_qty': 1,
            # what was paid elsewhere included whatever taxes there were
            'tax_ids': [Command.clear()],
        }
        if 'amount' in vals:
            line['price_unit'] = vals['amount']
        return line

    def _create_licenses(self, rows, record):
        rows = [row for row in rows if row['line']._get_license_kind() == 'issue']
        License = self.env['software.license'].with_context(
            aftercare_license_silent=not record.notify, tracking_disable=True
        )
        # sudo: software.license - the dates of what was sold elsewhere are taken over
        licenses_sudo = License.sudo().create([self._prepare_license(row, record) for row in rows])
        by_start = {}
        for row, license in zip(rows, licenses_sudo, strict=True):
            row['license'] = license.with_env(self.env)
            start = row['vals'].get('start') or row['vals'].get('date')
            by_start[start] = by_start.get(start, License.sudo()) | license
        reason = self.env._("Import of %(file)s", file=record.name)
        for start, licenses in by_start.items():
            licenses._activate(reason=reason, at=start or None)
        for row, license in zip(rows, licenses_sudo, strict=True):
            if row['vals'].get('key'):
                license.write(self._prepare_key(row))
        self.env['sale.order.line'].browse(row['line'].id for row in rows).write(
            {'license_done_qty': 1}
        )

    def _prepare_license(self, row, record):
        vals = row['vals']
        license = row['line']._prepare_license_vals(1) | {
            'sale_origin': vals['order'],
            'import_id': record.id,
        }
        if 'host' in vals:
            license['domain'] = vals['host'].name
        if start := vals.get('start') or vals.get('date'):
            license['date_start'] = start
        if vals.get('expiry'):
            license['date_expiry'] = vals['expiry']
        return license

    def _prepare_key(self, row):
        key = row['vals']['key']
        return {'key': key, 'key_last': key[-5:], 'key_digest': row['vals']['key_digest']}

    def _update_row(self, row, record):
        changes = self._get_changes(row)
        reason = self.env._("Import of %(file)s", file=record.name)
        # sudo: software.license - the dates of what was sold elsewhere are taken over
        license_sudo = (
            row['license'].sudo().with_context(aftercare_license_silent=not record.notify)
        )
        if 'date' in changes:
            row['order'].date_order = changes['date']
        if 'amount' in changes:
            row['line'].price_unit = changes['amount']
        if 'host' in changes:
            license_sudo._set_domain(changes['host'].name, reason)
        if 'expiry' in changes:
            license_sudo._set_end(changes['expiry'], 'extend', reason)
        if 'key' in changes:
            license_sudo.write(self._prepare_key(row))
            license_sudo._log('rotate', new=f'…{license_sudo.key_last}', reason=reason)
