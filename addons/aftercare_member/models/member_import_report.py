import csv
import io

import xlsxwriter

from odoo import api, models

# Texts that begin like this are formulas to a spreadsheet.
FORMULA_STARTS = ('=', '+', '-', '@', '\t', '\r')


class MemberImport(models.Model):
    _inherit = 'member.import'

    # === ACTION METHODS === #

    def action_download_template(self):
        """Download an empty file with the right headers."""
        return {
            'type': 'ir.actions.act_url',
            'url': '/aftercare_member/import/template',
            'target': 'download',
        }

    def action_download_report(self):
        """Download the report as CSV."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_url',
            'url': f'/aftercare_member/import/{self.id}/report',
            'target': 'download',
        }

    # === BUSINESS METHODS: report === #

    def _set_report(self, rows):
        """Replace the report by the problems of these rows."""
        # sudo: member.import.line - written by the import alone
        self.sudo().line_ids.unlink()
        self._create_lines(rows)

    def _create_lines(self, rows):
        labels = self._get_column_labels()
        vals_list = []
        for row in rows:
            common = {'import_id': self.id, 'row': row['number']}
            for column, value, message in row['problems']:
                vals_list.append(
                    {
                        **common,
                        'state': 'error',
                        'column': labels.get(column),
                        'value': value or False,
                        'message': message,
                    }
                )
            if not row['problems']:
                is_new = not row['partner']
                vals_list.append(
                    {
                        **common,
                        'state': 'created' if is_new else 'updated',
                        'partner_id': row['written'].id,
                        'invitation': self.invite
                        and is_new
                        and row['vals'].get('email')
                        and 'waiting',
                    }
                )
        # sudo: member.import.line - written by the import alone
        self.env['member.import.line'].sudo().create(vals_list)

    def _make_report(self):
        """Return the report as the bytes of a CSV file that spreadsheets open at once."""
        self.ensure_one()
        states = dict(self.line_ids._fields['state']._description_selection(self.env))
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow(
            [
                self.env._("Row"),
                self.env._("Result"),
                self.env._("Member number"),
                self.env._("Column"),
                self.env._("Value"),
                self.env._("Message"),
            ]
        )
        for line in self.line_ids:
            texts = [line.partner_id.member_number, line.column, line.value, line.message]
            writer.writerow([line.row, states[line.state], *map(self._escape_formula, texts)])
        return output.getvalue().encode('utf-8-sig')

    @api.model
    def _escape_formula(self, text):
        return f"'{text}" if text and text.startswith(FORMULA_STARTS) else text or ''

    @api.model
    def _make_template(self):
        """Return the bytes of a workbook with the headers in the user's language."""
        output = io.BytesIO()
        workbook = xlsxwriter.Workbook(output, {'in_memory': True})
        sheet = workbook.add_worksheet(self.env._("Members")[:31])
        bold = workbook.add_format({'bold': True, 'bottom': 1})
        # as text, so that the spreadsheet keeps leading zeros and the + of phone numbers
        text = workbook.add_format({'num_format': '@'})
        sheet.freeze_panes(1, 0)
        for index, label in enumerate(self._get_column_labels().values()):
            sheet.set_column(index, index, 22, text)
            sheet.write_string(0, index, label, bold)
        workbook.close()
        return output.getvalue()
