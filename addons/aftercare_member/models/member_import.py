import base64
import logging

from odoo import api, fields, models
from odoo.addons.aftercare_base.tools.table_file import MIXED, TableError, read_table
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
INVITATION_BATCH_SIZE = 20
MAX_ROWS = 100_000
MAX_BYTES = 30 * 1024 * 1024
KEEP_FILES_DAYS = 30
COUNTERS = ('create_count', 'update_count', 'same_count')


class _NothingImported(Exception):
    """Takes back what an import of all or nothing has written."""


class MemberImport(models.Model):
    """A file of members of another system, first checked, then taken over."""

    _name = 'member.import'
    _description = "Member Import"
    _order = 'id desc'

    name = fields.Char(
        string="File Name", required=True, default=lambda self: self.env._("New import")
    )
    file = fields.Binary(required=True, copy=False)
    source = fields.Char(
        required=True,
        default='import',
        help="The system the file comes from. A later file of the same system finds its members "
        "again by the external reference.",
    )
    country_id = fields.Many2one(
        'res.country',
        string="Default Country",
        help="The country of rows that name none; phone numbers without + are numbers of it.",
    )
    encoding = fields.Selection(
        [
            ('utf-8', "UTF-8"),
            ('gb18030', "GB18030 (GBK, GB2312)"),
            ('big5', "Big5"),
            ('utf-16', "UTF-16"),
            ('cp1252', "Windows-1252"),
            ('cp1256', "Windows-1256"),
        ],
        help="Leave it empty: the encoding is found out.",
    )
    atomic = fields.Boolean(
        string="All or Nothing",
        default=True,
        help="Import nothing at all as long as one row is wrong. Otherwise the right rows are "
        "imported and the wrong ones are listed.",
    )
    invite = fields.Boolean(
        string="Invite to the Portal",
        help="Send new members an e-mail with which they set their password.",
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [
            ('draft', "New"),
            ('checked', "Checked"),
            ('queued', "In Progress"),
            ('done', "Done"),
            ('failed', "Nothing Imported"),
        ],
        default='draft',
        required=True,
        readonly=True,
        copy=False,
    )
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    create_count = fields.Integer(string="New", readonly=True, copy=False)
    update_count = fields.Integer(string="Updated", readonly=True, copy=False)
    same_count = fields.Integer(string="Unchanged", readonly=True, copy=False)
    error_count = fields.Integer(string="Wrong", readonly=True, copy=False)
    processed_count = fields.Integer(readonly=True, copy=False)
    progress = fields.Integer(compute='_compute_progress')
    file_info = fields.Char(string="Format", readonly=True, copy=False)
    columns_found = fields.Char(string="Columns", readonly=True, copy=False)
    columns_ignored = fields.Char(string="Ignored Columns", readonly=True, copy=False)
    date_done = fields.Datetime(string="Imported On", readonly=True, copy=False)
    line_ids = fields.One2many('member.import.line', 'import_id', string="Report", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends('processed_count', 'row_count')
    def _compute_progress(self):
        for record in self:
            record.progress = record.row_count and 100 * record.processed_count // record.row_count

    # === CRUD METHODS === #

    def write(self, vals):
        """A changed file or option wants another check."""
        if vals.keys() & {'file', 'source', 'country_id', 'encoding'}:
            vals = {'state': 'draft', **vals}
        return super().write(vals)

    # === ACTION METHODS === #

    def action_check(self):
        """Read the file and say what an import would do; changes no member."""
        self.ensure_one()
        if self.state in ('queued', 'done'):
            raise UserError(self.env._("This file was imported already. Make a new import of it."))
        rows = self._read_rows()
        errors = [row for row in rows if row['problems']]
        self._set_report(errors)
        self.write(
            {
                'state': 'checked',
                'row_count': len(rows),
                'error_count': len(errors),
                **self._count(row for row in rows if not row['problems']),
            }
        )

    def action_import(self):
        """Take the members over: a short file at once, a long one in the background."""
        self.ensure_one()
        if self.state in ('draft', 'failed'):
            self.action_check()
        if self.state != 'checked':
            raise UserError(self.env._("This file was imported already. Make a new import of it."))
        if self.atomic and self.error_count:
            raise UserError(
                self.env._(
                    "%(count)s rows are wrong, so nothing was imported. Correct the file, or "
                    "switch off “All or Nothing”.",
                    count=self.error_count,
                )
            )
        self.write({'state': 'queued', 'processed_count': 0, **dict.fromkeys(COUNTERS, 0)})
        if self.row_count <= BATCH_SIZE:
            self._import()
        else:
            self.env.ref('aftercare_member.ir_cron_member_import')._trigger()

    def action_open_members(self):
        """Open the members whom this import created or updated."""
        self.ensure_one()
        state = self.env.context.get('member_import_state')
        lines = self.line_ids.filtered(
            lambda line: line.partner_id and (not state or line.state == state)
        )
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_member.res_partner_action_member'
        )
        return {
            **action,
            'name': self.name,
            'domain': [('id', 'in', lines.partner_id.ids)],
            'context': {'active_test': False},
        }

    # === BUSINESS METHODS: reading === #

    def _read_rows(self):
        """Return the rows of the file for the engine, and note what the file looks like."""
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).file or b'')
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The file is larger than 30 MB. Please split it."))
        try:
            table = read_table(content, self.encoding or None, max_rows=MAX_ROWS)
        except TableError as error:
            raise UserError(self._get_table_error(error.args[0])) from error
        rows, mapping, ignored = self.env['member.import.engine']._read_rows(
            table, self.source.strip(), self.country_id
        )
        labels = self._get_column_labels()
        self.write(
            {
                'file_info': self._describe_file(table),
                'columns_found': ', '.join(
                    labels[column]
                    if labels[column] == table.header[index]
                    else f'{table.header[index]} → {labels[column]}'
                    for index, column in mapping.items()
                ),
                'columns_ignored': ', '.join(ignored),
            }
        )
        return rows

    def _get_table_error(self, code):
        return {
            'empty': self.env._("The file is empty."),
            'encoding': self.env._("The file is not written in the chosen encoding."),
            'size': self.env._(
                "The file has more than %(count)s rows. Please split it.", count=MAX_ROWS
            ),
        }.get(code) or self.env._("The file is neither a CSV file nor an XLSX workbook.")

    def _get_column_labels(self):
        columns = self.env['member.import.parser']._get_columns()
        return {column: self.env._(label) for column, (label, _aliases) in columns.items()}

    def _describe_file(self, table):
        if table.encoding == 'xlsx':
            return self.env._("Excel workbook")
        if table.encoding == MIXED:
            encoding = self.env._("UTF-8 and GB18030 in one file")
        else:
            encoding = table.encoding.upper()
        delimiter = {'\t': self.env._("tab")}.get(table.delimiter, table.delimiter)
        return self.env._(
            "CSV, %(encoding)s, separated by %(delimiter)s", encoding=encoding, delimiter=delimiter
        )

    # === BUSINESS METHODS: importing === #

    def _import(self, in_background=False):
        """Write the rows of the file; those that were written in an earlier run are passed.

        :param bool in_background: commit after each batch, unless it is all or nothing
        """
        self.ensure_one()
        rows = self._read_rows()
        if not self.processed_count:
            wrong = [row for row in rows if row['problems']]
            self._set_report(wrong)
            self.error_count = len(wrong)
        try:
            if self.atomic:
                with self.env.cr.savepoint():
                    self._import_batches(rows)
            elif not self._import_batches(rows, commit=in_background):
                return  # out of time: the scheduled action goes on
        except _NothingImported as error:
            self.env.invalidate_all()
            self._set_report(error.args[0])
            self.write({'state': 'failed', **dict.fromkeys(COUNTERS, 0)})
            return
        self.write({'state': 'done', 'date_done': fields.Datetime.now()})
        if self.invite:
            self.env.ref('aftercare_member.ir_cron_member_invite')._trigger()

    def _import_batches(self, rows, commit=False):
        """Write batch after batch; return whether all of them were."""
        engine = self.env['member.import.engine']
        for batch in split_every(BATCH_SIZE, rows[self.processed_count :], list):
            good = [row for row in batch if not row['problems']]
            changed = [row for row in good if row['changes'] or not row['partner']]
            written = engine._write_rows(changed, self.source.strip()) if changed else []
            failed = [row for row in changed if row['problems']]
            if self.atomic and (failed or len(good) < len(batch)):
                raise _NothingImported([row for row in rows if row['problems']])
            counts = self._count(row for row in good if not row['problems'])
            self._create_lines(failed)
            self._create_lines(written)
            self.write(
                {
                    'processed_count': self.processed_count + len(batch),
                    'error_count': self.error_count + len(failed),
                    **{name: self[name] + count for name, count in counts.items()},
                }
            )
            left = len(rows) - self.processed_count
            if commit and not self.env['ir.cron']._commit_progress(len(batch), remaining=left):
                return not left
        return True

    @api.model
    def _count(self, rows):
        counts = dict.fromkeys(COUNTERS, 0)
        for row in rows:
            if not row['partner']:
                counts['create_count'] += 1
            elif row['changes']:
                counts['update_count'] += 1
            else:
                counts['same_count'] += 1
        return counts

    @api.model
    def _cron_import(self):
        """Import what waits, each file with the rights of the person who gave it."""
        for record in self.search([('state', '=', 'queued')], order='id'):
            record = record.with_user(record.create_uid).with_company(record.company_id)
            try:
                record._import(in_background=True)
                if not self.env['ir.cron']._commit_progress():
                    break
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.ref('aftercare_member.ir_cron_member_import')._trigger()
                self.env['ir.cron']._commit_progress()
                break
            except Exception as error:
                self.env.cr.rollback()
                _logger.exception("Import %s of members", record.id)
                record._set_report([{'number': 0, 'problems': [(None, '', str(error))]}])
                record.state = 'failed'
                self.env['ir.cron']._commit_progress()

    @api.model
    def _cron_invite(self):
        """Send the invitations that imports have asked for, a few at a time."""
        domain = [('invitation', '=', 'waiting')]
        while lines := self.env['member.import.line'].search(
            domain, order='id', limit=INVITATION_BATCH_SIZE
        ):
            for line in lines:
                line._send_invitation()
            remaining = self.env['member.import.line'].search_count(domain)
            if not self.env['ir.cron']._commit_progress(len(lines), remaining=remaining):
                break

    # === BUSINESS METHODS: housekeeping === #

    @api.autovacuum
    def _gc_files(self):
        """Drop the files of old imports: they are full of personal data, the report is kept."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_FILES_DAYS)
        self.env['ir.attachment'].search(
            [
                ('res_model', '=', self._name),
                ('res_field', '=', 'file'),
                ('create_date', '<', limit),
            ]
        ).unlink()
