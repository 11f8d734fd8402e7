from odoo import api, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

REFERENCE = 'reference'
IDENTIFYING_COLUMNS = (REFERENCE, 'member_number', 'email')


class MemberImportEngine(models.AbstractModel):
    """Finds the members whom the rows of a file mean, and writes them.

    A row is a dict: ``number`` in the file, ``vals`` of the partner, ``reference`` and
    ``member_number`` by which it is recognised, ``problems`` as (column, text, message),
    ``partner`` it means (empty for a new one), ``changes`` to write on that partner, and in
    the end ``written``, the partner it has become.
    """

    _name = 'member.import.engine'
    _description = "Engine of Member Imports"

    # === BUSINESS METHODS: reading === #

    @api.model
    def _read_rows(self, table, source, default_country):
        """Turn a table into rows that are ready to be written.

        :param table: :class:`~odoo.addons.aftercare_base.tools.table_file.Table`
        :param str source: the system whose references the table holds
        :param default_country: ``res.country``, may be empty
        :return: ``(rows, {index: column}, [ignored headers])``
        :raise UserError: when the headers are not those of members
        """
        parser = self.env['member.import.parser']
        mapping, ignored = self._check_header(table.header)
        lookups = parser._prepare_lookups(default_country)
        rows = []
        for number, texts in table.rows:
            cells = {
                column: texts[index]
                for index, column in mapping.items()
                if index < len(texts) and texts[index]
            }
            vals, problems = parser._parse_row(cells, lookups)
            rows.append(
                {
                    'number': number,
                    'reference': vals.pop('reference', None),
                    'member_number': vals.pop('member_number', None),
                    'vals': vals,
                    'problems': problems,
                    'partner': self.env['res.partner'],
                    'changes': {},
                }
            )
        self._match_rows(rows, source)
        for row in rows:
            if not row['partner']:
                row['vals'] = {'country_id': default_country.id, **row['vals'], 'is_member': True}
        return rows, mapping, ignored

    @api.model
    def _check_header(self, header):
        parser = self.env['member.import.parser']
        mapping, ignored, repeated = parser._map_header(header)
        labels = {name: self.env._(label) for name, (label, _a) in parser._get_columns().items()}
        if repeated:
            raise UserError(
                self.env._(
                    "These columns are there twice: %(columns)s", columns=', '.join(repeated)
                )
            )
        if not set(mapping.values()) & set(IDENTIFYING_COLUMNS):
            raise UserError(
                self.env._(
                    "The first line must name the columns, and one of them has to be %(needed)s: "
                    "without it a second import could not find the members again.\n"
                    "Found: %(found)s",
                    needed=' / '.join(labels[column] for column in IDENTIFYING_COLUMNS),
                    found=', '.join(text for text in header if text)[:500],
                )
            )
        return mapping, ignored

    # === BUSINESS METHODS: matching === #

    @api.model
    def _match_rows(self, rows, source):
        """Set the partner, the changes and the problems that come from comparing rows with the
        members there are and with each other."""
        by_reference = self._find_by_reference(source, [row['reference'] for row in rows])
        by_number = self._find_by_number([row['member_number'] for row in rows])
        by_email = self._find_by_email([row['vals'].get('email') for row in rows])
        seen = {}
        for row in rows:
            self._match_row(row, by_reference, by_number, by_email)
            self._check_repetition(row, seen)
        self._check_partners(rows)
        for row in rows:
            if row['partner'] and not row['problems']:
                is_known = not row['reference'] or row['reference'] in by_reference
                row['changes'] = self._get_changes(row['partner'], row['vals'], is_known)

    def _get_all_partners(self):
        # sudo: res.partner - a member the user may not see must be known too, or the import would
        # create it a second time; `_check_partners` refuses to touch it
        return self.env['res.partner'].sudo().with_context(active_test=False)

    def _find_by_reference(self, source, references):
        refs_sudo = self.env['member.external.ref'].sudo()
        domain = [('source', '=', source), ('reference', 'in', list(set(references) - {None}))]
        refs_sudo = refs_sudo.search_fetch(domain, ['reference', 'partner_id'])
        partners = self._get_all_partners().browse(refs_sudo.partner_id.ids).grouped('id')
        return {ref.reference: partners[ref.partner_id.id] for ref in refs_sudo}

    def _find_by_number(self, numbers):
        domain = [('member_number', 'in', list(set(numbers) - {None}))]
        return self._get_all_partners().search(domain).grouped('member_number')

    def _find_by_email(self, emails):
        domain = [('email_normalized', 'in', list(set(emails) - {None})), ('type', '=', 'contact')]
        return self._get_all_partners().search(domain, order='id').grouped('email_normalized')

    def _match_row(self, row, by_reference, by_number, by_email):
        nobody = self._get_all_partners()
        email = row['vals'].get('email')
        same_email = by_email.get(email, nobody)
        partner = by_reference.get(row['reference'], nobody)
        if row['member_number']:
            numbered = by_number.get(row['member_number'], nobody)
            if not numbered:
                self._add_problem(row, 'member_number', self.env._("There is no such member."))
            elif partner and partner != numbered:
                self._add_problem(
                    row, 'reference', self.env._("This reference belongs to another member.")
                )
            partner = numbered
        if partner:
            others = (same_email - partner).filtered('is_member')
            if others and partner not in same_email:
                self._add_problem(
                    row,
                    'email',
                    self.env._(
                        "This e-mail address belongs to another member, %(number)s.",
                        number=others[0].member_number,
                    ),
                )
        else:
            # a member is meant rather than a mere contact, an active one rather than an archived
            ranks = [(not each.is_member, not each.active) for each in same_email]
            best = [
                each for each, rank in zip(same_email, ranks, strict=True) if rank == min(ranks)
            ]
            if len(best) > 1:
                self._add_problem(
                    row, 'email', self.env._("Several contacts have this e-mail address.")
                )
            elif best and not row['member_number']:
                partner = best[0]
        row['partner'] = partner

    def _check_repetition(self, row, seen):
        """Complain about a row that means the same member as one before it."""
        keys = {
            'reference': row['reference'],
            'email': row['vals'].get('email'),
            'member_number': row['partner'].id or None,
        }
        if not any(keys.values()) and not row['problems']:
            self._add_problem(
                row,
                None,
                self.env._("No external reference, member number or e-mail to recognise it by."),
            )
        for column, key in keys.items():
            if key and (first := seen.setdefault((column, key), row['number'])) != row['number']:
                message = self.env._("The same member as in row %(row)s.", row=first)
                self._add_problem(row, column, message)
                return

    def _check_partners(self, rows):
        """Refuse colleagues and members the user may not change; ask new members for a name."""
        partners_sudo = self._get_all_partners().union(*(row['partner'] for row in rows))
        allowed = partners_sudo.with_env(self.env)._filtered_access('write')
        allowed_ids = set(allowed.ids)
        for row in rows:
            partner = row['partner']
            if not partner:
                if not row['vals'].get('name') and not row['problems']:
                    self._add_problem(row, 'name', self.env._("A new member needs a name."))
            elif not partner.partner_share:
                self._add_problem(row, 'email', self.env._("This is a colleague, not a customer."))
            elif partner.id not in allowed_ids:
                self._add_problem(
                    row, None, self.env._("This member is there already, but not one of yours.")
                )

    def _add_problem(self, row, column, message):
        text = row.get(column) or row['vals'].get(column) if column else ''
        row['problems'].append((column, text or '', message))

    def _get_changes(self, partner, vals, is_known=True):
        """Return the values that differ from those of the partner.

        :param bool is_known: whether the reference of the row is stored already
        """
        changes = {} if partner.is_member else {'is_member': True}
        for name, value in vals.items():
            field = partner._fields[name]
            current = partner[name].id if field.type == 'many2one' else partner[name]
            if name == 'member_since':
                if current and current.date() == value.date():
                    continue
            elif current == value:
                continue
            changes[name] = value
        if not is_known:
            changes[REFERENCE] = True
        return changes

    # === BUSINESS METHODS: writing === #

    @api.model
    def _write_rows(self, rows, source):
        """Create and update members; a row the database refuses does not hold up the others.

        :param list rows: rows without problems; refused ones get a problem
        :return: the rows that were written
        """
        try:
            with self.env.cr.savepoint():
                self._write_batch(rows, source)
            return rows
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if len(rows) == 1:
                self._add_problem(rows[0], None, str(error))
                return []
        return [row for each in rows for row in self._write_rows([each], source)]

    def _write_batch(self, rows, source):
        # no message about each field of each member, no mail to anybody
        partner_model = self.env['res.partner'].with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            member_grade_reason=self.env._("Imported from %(system)s", system=source),
        )
        new = [row for row in rows if not row['partner']]
        partners = partner_model.create([row['vals'] for row in new])
        for row, partner in zip(new, partners, strict=True):
            row['written'] = partner
        for row in rows:
            if row['partner']:
                row['written'] = row['partner'].with_env(partner_model.env)
                changes = {
                    name: value for name, value in row['changes'].items() if name != REFERENCE
                }
                row['written'].write(changes)
        self._write_references(rows, source)
        self.env.flush_all()

    def _write_references(self, rows, source):
        # sudo: member.external.ref - whoever may import may name the members by the references
        refs_sudo = self.env['member.external.ref'].sudo()
        refs_sudo.create(
            [
                {'partner_id': row['written'].id, 'source': source, 'reference': row[REFERENCE]}
                for row in rows
                if row[REFERENCE] and (not row['partner'] or REFERENCE in row['changes'])
            ]
        )
