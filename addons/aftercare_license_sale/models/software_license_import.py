import base64

from odoo import fields, models
from odoo.addons.aftercare_base.tools.table_file import TableError, read_table
from odoo.exceptions import UserError

MAX_ROWS = 5000
MAX_BYTES = 10 * 1024 * 1024


class SoftwareLicenseImport(models.Model):
    """A file of orders and licences of another shop, first checked, then taken over."""

    _name = 'software.license.import'
    _description = 'Order and Licence Import'
    _order = 'id desc'

    name = fields.Char(
        string="File Name", required=True, default=lambda self: self.env._("New import")
    )
    file = fields.Binary(required=True, copy=False)
    source = fields.Char(
        required=True,
        help="The shop the file comes from. A later file of the same shop updates its orders.",
    )
    encoding = fields.Selection(
        [('utf-8', "UTF-8"), ('gb18030', "GB18030 (GBK, GB2312)")],
        help="Leave it empty: the encoding is found out.",
    )
    notify = fields.Boolean(
        string="Write to the Customers", help="Tell customers about their imported licences."
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company
    )
    state = fields.Selection(
        [('draft', "New"), ('checked', "Checked"), ('done', "Done")],
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
    columns_found = fields.Char(string="Columns", readonly=True, copy=False)
    columns_ignored = fields.Char(string="Ignored Columns", readonly=True, copy=False)
    date_done = fields.Datetime(string="Imported On", readonly=True, copy=False)
    line_ids = fields.One2many(
        'software.license.import.line', 'import_id', string="Report", readonly=True
    )
    license_ids = fields.One2many('software.license', 'import_id', string="Licences")

    # === CRUD METHODS === #
    def write(self, vals):
        """A changed file or option wants another check."""
        if vals.keys() & {'file', 'source', 'encoding', 'company_id'}:
            if any(record.state == 'done' for record in self):
                raise UserError(self.env._("This file was imported. Please make a new import."))
            vals = {'state': 'draft', **vals}
        return super().write(vals)

    # === ACTION METHODS === #
    def action_check(self):
        """Read the file and say, row by row, what is wrong; changes no order and no licence."""
        self.ensure_one()
        self._check_not_done()
        self._read_rows()

    def action_import(self):
        """Take the whole file over, or nothing of it."""
        self.ensure_one()
        self._check_not_done()
        rows = self._read_rows()
        if self.error_count:
            raise UserError(
                self.env._(
                    "%(count)s rows are wrong, so nothing was imported. Please correct the file.",
                    count=self.error_count,
                )
            )
        engine = self._get_engine()
        engine._write_rows(rows, self)
        self._set_report(rows)
        self.write({'state': 'done', 'date_done': fields.Datetime.now()})

    def action_view_orders(self):
        """Open the orders that the import created or updated."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('sale.action_orders')
        return action | {
            'name': self.name,
            'domain': [('id', 'in', self.line_ids.order_id.ids)],
            'context': {'create': False},
        }

    def action_view_licenses(self):
        """Open the licences that the import created."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_action'
        )
        return action | {
            'name': self.name,
            'domain': [('import_id', '=', self.id)],
            'context': {'create': False},
        }

    # === BUSINESS METHODS === #
    def _check_not_done(self):
        if self.state == 'done':
            raise UserError(self.env._("This file was imported. Please make a new import."))

    def _get_engine(self):
        # sudo: sale.order, software.license - whoever may import licences needs no rights on sales
        return self.env['software.license.import.engine'].sudo().with_company(self.company_id)

    def _read_rows(self):
        """Return the checked rows of the file, and note what was found."""
        content = base64.b64decode(self.with_context(bin_size=False).file or b'')
        if len(content) > MAX_BYTES:
            raise UserError(self.env._("The file is larger than 10 MB. Please split it."))
        try:
            table = read_table(content, self.encoding or None, MAX_ROWS)
        except TableError as error:
            raise UserError(self._get_table_error(error.args[0])) from None
        engine = self._get_engine()
        mapping, ignored = engine._map_header(table.header)
        rows = engine._read_rows(mapping, table.rows, self.source.strip(), self.company_id)
        errors = [row for row in rows if row['problems']]
        self._set_report(errors)
        kinds = [row['kind'] for row in rows if not row['problems']]
        labels = engine._get_labels()
        self.write(
            {
                'state': 'checked',
                'row_count': len(rows),
                'error_count': len(errors),
                'create_count': kinds.count('created'),
                'update_count': kinds.count('updated'),
                'same_count': kinds.count('same'),
                'columns_found': ', '.join(labels[column] for column in mapping.values()),
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

    def _set_report(self, rows):
        """Replace the report by what is to say about these rows."""
        labels = self._get_engine()._get_labels()
        vals_list = []
        for row in rows:
            common = {'import_id': self.id, 'row': row['number']}
            if row['problems']:
                vals_list += [
                    {
                        **common,
                        'state': 'error',
                        'column': labels.get(column),
                        'value': value or False,
                        'message': message,
                    }
                    for column, value, message in row['problems']
                ]
            elif row['kind'] != 'same':
                vals_list.append(
                    {
                        **common,
                        'state': row['kind'],
                        'order_id': row['order'].id,
                        'license_id': row['license'].id,
                    }
                )
        # sudo: software.license.import.line - written by the import alone
        self.sudo().line_ids.unlink()
        self.env['software.license.import.line'].sudo().create(vals_list)


class SoftwareLicenseImportLine(models.Model):
    """What an import has to say about one row of the file."""

    _name = 'software.license.import.line'
    _description = 'Row of an Order and Licence Import'
    _order = 'import_id, row, id'
    _rec_name = 'message'

    import_id = fields.Many2one(
        'software.license.import', required=True, index=True, ondelete='cascade'
    )
    row = fields.Integer(aggregator=None)
    state = fields.Selection(
        [('error', "Error"), ('created', "Created"), ('updated', "Updated")], required=True
    )
    column = fields.Char()
    value = fields.Char()
    message = fields.Char()
    order_id = fields.Many2one('sale.order', index='btree_not_null', ondelete='set null')
    license_id = fields.Many2one(
        'software.license', string="Licence", index='btree_not_null', ondelete='set null'
    )
