import base64
import io
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import MemberCommon

HEADER = 'External reference,Name,E-mail,Phone,Country,State,Level,Agent,Member since'


@tagged('post_install', '-at_install')
class TestMemberImport(MemberCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.level = cls.env['res.partner.grade'].create({'name': "Jade"})
        cls.env = cls.env(user=cls.manager)

    def _make(self, *lines, header=HEADER, encoding='utf-8', **vals):
        content = '\n'.join((header, *lines)).encode(encoding)
        return self.env['member.import'].create(
            {'name': "file.csv", 'file': base64.b64encode(content), 'source': 'shop', **vals}
        )

    def _import(self, *lines, **vals):
        record = self._make(*lines, **vals)
        record.action_check()
        record.action_import()
        return record

    def _find(self, email):
        return self.env['res.partner'].search([('email_normalized', '=', email)])

    def _problems(self, record):
        lines = record.line_ids.filtered(lambda line: line.state == 'error')
        return [(line.row, line.column, line.value) for line in lines]

    # === what is imported === #

    def test_check_changes_nothing(self):
        count = self.env['res.partner'].search_count([])
        record = self._make('A1,Li Wei,li@example.com,13800138000,China,Shanghai,Jade,,2024-05-06')
        record.action_check()
        self.assertEqual(record.state, 'checked')
        self.assertEqual((record.row_count, record.create_count, record.error_count), (1, 1, 0))
        self.assertEqual(self.env['res.partner'].search_count([]), count)

    def test_row_becomes_a_member(self):
        record = self._import(
            'A1,Li Wei,Li@Example.com,138 0013 8000,China,SH,jade,member_iran,2024/5/6'
        )
        self.assertEqual((record.state, record.create_count), ('done', 1))
        member = self._find('li@example.com')
        self.assertRecordValues(
            member,
            [
                {
                    'name': "Li Wei",
                    'is_member': True,
                    'phone': '+86 138 0013 8000',
                    'country_id': self.china.id,
                    'state_id': self.shanghai.id,
                    'region_id': self.region_east.id,
                    'grade_id': self.level.id,
                    'agent_id': self.agent_iran.id,
                    'registration_ip': False,
                }
            ],
        )
        self.assertEqual(str(member.member_since.date()), '2024-05-06')
        self.assertTrue(member.member_number)
        self.assertEqual(member.external_ref_ids.mapped('display_name'), ['shop: A1'])
        self.assertEqual(record.line_ids.partner_id, member)

    def test_members_without_agent_get_the_one_of_the_region(self):
        self._import('A1,Li Wei,li@example.com,,China,Shanghai,,,', 'A2,Sara,s@example.com,,IR,,,,')
        self.assertEqual(self._find('li@example.com').agent_id, self.agent_east)
        self.assertEqual(self._find('s@example.com').agent_id, self.agent_iran)

    def test_nobody_is_notified_by_an_import(self):
        self._import('A1,Li Wei,li@example.com,,China,,,,')
        member = self._find('li@example.com')
        self.assertFalse(self._get_notifications(member, 'member_registered'))
        self.assertFalse(self._get_notifications(member, 'member_assigned'))

    def test_chinese_file_in_gb18030(self):
        record = self._import(
            "A1,李伟,li@example.com,13800138000,中国,上海,2024年5月6日",
            header="外部编号,姓名,邮箱,手机号,国家,省份,注册日期",
            encoding='gb18030',
        )
        self.assertIn('GB18030', record.file_info)
        member = self._find('li@example.com')
        self.assertEqual(member.name, "李伟")
        self.assertEqual(member.state_id, self.shanghai)
        self.assertEqual(str(member.member_since.date()), '2024-05-06')

    def test_countries_in_several_languages(self):
        names = ("Iran", 'ir', "伊朗", "ایران", "Irán")
        self._import(*(f'A{i},N{i},n{i}@example.com,,{name},,,,' for i, name in enumerate(names)))
        for i, name in enumerate(names):
            with self.subTest(name=name):
                self.assertEqual(self._find(f'n{i}@example.com').country_id, self.iran)

    def test_default_country(self):
        self._import('A1,Sara,s@example.com,0912 345 6789,,,,,', country_id=self.iran.id)
        member = self._find('s@example.com')
        self.assertEqual(member.phone, '+98 912 345 6789')
        self.assertEqual(member.country_id, self.iran)
        self._import('A1,Sara,,0912 345 6780,,,,,', country_id=self.china.id, invite=False)
        self.assertEqual(member.country_id, self.iran)

    def test_template_can_be_imported(self):
        content = self.env['member.import']._make_template()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        header = [cell.value for cell in sheet[1]]
        mapping, ignored, repeated = self.env['member.import.parser']._map_header(header)
        columns = self.env['member.import.parser']._get_columns()
        self.assertEqual(list(mapping.values()), list(columns))
        self.assertFalse(ignored or repeated)

    # === importing again === #

    def test_second_import_updates(self):
        self._import('A1,Li Wei,li@example.com,,China,,,,', 'A2,Sara,s@example.com,,Iran,,,,')
        members = self._find('li@example.com') + self._find('s@example.com')
        numbers = members.mapped('member_number')
        record = self._import(
            'A1,Li Wei-Chen,li.new@example.com,,,,,,', 'A2,Sara,s@example.com,,Iran,,,,'
        )
        self.assertEqual((record.create_count, record.update_count, record.same_count), (0, 1, 1))
        self.assertEqual(members[0].name, "Li Wei-Chen")
        self.assertEqual(members[0].email, 'li.new@example.com')
        self.assertEqual(members[0].country_id, self.china, "empty cells change nothing")
        self.assertEqual(members.mapped('member_number'), numbers)
        self.assertEqual(record.line_ids.partner_id, members[0])

    def test_members_are_recognised_by_mail_and_number(self):
        member = self._create_member(name="Old", email='Li@Example.com')
        self._import('A1,By Mail,li@example.com,,,,,,')
        self.assertEqual(member.name, "By Mail")
        self.assertEqual(member.external_ref_ids.reference, 'A1')
        self._import(f'{member.member_number},By Number', header='Member number,Name')
        self.assertEqual(member.name, "By Number")
        self.assertEqual(self._find('li@example.com'), member)

    def test_contact_becomes_a_member(self):
        contact = self.env['res.partner'].create({'name': "Li", 'email': 'li@example.com'})
        record = self._import('A1,Li,li@example.com,,,,,,')
        self.assertEqual(record.update_count, 1)
        self.assertTrue(contact.is_member and contact.member_number)
        self.assertEqual(self._find('li@example.com'), contact)

    def test_archived_member_is_not_doubled(self):
        member = self._create_member(name="Li", email='li@example.com')
        member.active = False
        self._import('A1,Li Wei,li@example.com,,,,,,')
        self.assertEqual(member.name, "Li Wei")
        self.assertFalse(self._find('li@example.com'))

    def test_sources_do_not_mix(self):
        self._import('A1,Li,li@example.com,,,,,,')
        self._import('A1,Sara,s@example.com,,,,,,', source='forum')
        self.assertEqual(self._find('li@example.com').name, "Li")
        self.assertEqual(self._find('s@example.com').name, "Sara")

    # === what is wrong === #

    def test_wrong_cells_are_reported_row_by_row(self):
        record = self._make(
            'A1,Li,li@example.com,13800138000,China,Shanghai,Jade,member_east,2024-05-06',
            'A2,Phone,p@example.com,12345,China,,,,',
            'A3,Country,c@example.com,,Atlantis,,,,',
            'A4,State,s@example.com,,China,Hessen,,,',
            'A5,Level,l@example.com,,,,Mithril,,',
            'A6,Agent,a@example.com,,,,,nobody,',
            'A7,Mail,not-a-mail,,,,,,',
            'A8,Date,d@example.com,,,,,,31.31.2024',
            'A9,,n@example.com,,,,,,',
            ',No Key,,,,,,,',
            f'B1,{"x" * 257},x@example.com,,,,,,',
        )
        record.action_check()
        self.assertEqual(
            self._problems(record),
            [
                (3, "Phone", '12345'),
                (4, "Country", 'Atlantis'),
                (5, "State", 'Hessen'),
                (6, "Level", 'Mithril'),
                (7, "Agent", 'nobody'),
                (8, "E-mail", 'not-a-mail'),
                (9, "Member since", '31.31.2024'),
                (10, "Name", False),
                (11, False, False),
                (12, "Name", 'x' * 257),
            ],
        )
        self.assertEqual((record.row_count, record.error_count, record.create_count), (11, 10, 1))

    def test_duplicates_inside_the_file(self):
        record = self._make(
            'A1,One,li@example.com,,,,,,',
            'A2,Same Mail,LI@example.com,,,,,,',
            'A1,Same Reference,other@example.com,,,,,,',
        )
        record.action_check()
        self.assertEqual(
            [(line.row, line.column, line.message) for line in record.line_ids],
            [
                (3, "E-mail", "The same member as in row 2."),
                (4, "External reference", "The same member as in row 2."),
            ],
        )

    def test_two_rows_for_one_member(self):
        self._import('A1,One,li@example.com,,,,,,')
        record = self._make('A1,By Reference,,,,,,,', ',By Mail,li@example.com,,,,,,')
        record.action_check()
        self.assertEqual([row for row, _c, _v in self._problems(record)], [3])

    def test_contradictions_are_refused(self):
        self._import('A1,One,one@example.com,,,,,,', 'A2,Two,two@example.com,,,,,,')
        one = self._find('one@example.com')
        record = self._make('A1,One,two@example.com,,,,,,')
        record.action_check()
        self.assertEqual(self._problems(record), [(2, "E-mail", 'two@example.com')])
        record = self._make(
            f'A2,{one.member_number},One', 'A9,M0000000,Nobody', header='id,member no,name'
        )
        record.action_check()
        self.assertEqual(
            self._problems(record),
            [(2, "External reference", 'A2'), (3, "Member number", 'M0000000')],
        )

    def test_ambiguous_mail_is_refused(self):
        self._create_member(name="Twin", email='t@example.com')
        self._create_member(name="Twin", email='t@example.com')
        record = self._make('A1,Twin,t@example.com,,,,,,')
        record.action_check()
        self.assertEqual(self._problems(record), [(2, "E-mail", 't@example.com')])

    def test_colleagues_are_not_touched(self):
        record = self._make('A1,X,member_east@example.com,,,,,,')
        record.action_check()
        self.assertEqual(self._problems(record), [(2, "E-mail", 'member_east@example.com')])
        self.assertFalse(self.agent_east.partner_id.is_member)

    def test_importer_sees_that_a_member_belongs_to_somebody_else(self):
        theirs = self._create_member(
            name="Theirs", email='t@example.com', agent_id=self.agent_iran.id
        )
        importer = self.agent_east.user_id
        importer.sudo().group_ids += self.env.ref('aftercare_member.aftercare_member_group_import')
        record = (
            self.env['member.import']
            .with_user(importer)
            .create(
                {
                    'source': 'shop',
                    'atomic': False,
                    'file': base64.b64encode(
                        f'{HEADER}\nA1,Stolen,t@example.com,,,,,,\n'
                        f'A2,Own,own@example.com,,,,,,'.encode()
                    ),
                }
            )
        )
        record.action_import()
        self.assertEqual(theirs.name, "Theirs")
        self.assertEqual([row for row, _c, _v in self._problems(record)], [2])
        self.assertEqual(self._find('own@example.com').agent_id, self.agent_east)

    def test_wrong_headers(self):
        for header, message in (
            ('Foo,Bar', "has to be"),
            ('Name,Phone', "has to be"),
            ('Name,E-mail,邮箱', "there twice"),
        ):
            with self.subTest(header=header), self.assertRaisesRegex(UserError, message):
                self._make('a,b,c', header=header).action_check()

    def test_unknown_columns_are_named(self):
        record = self._make('A1,Li,7', header='id,姓名,Shoe size')
        record.action_check()
        self.assertEqual(record.columns_ignored, "Shoe size")
        self.assertEqual(record.columns_found, "id → External reference, 姓名 → Name")

    def test_no_table(self):
        for content, message in ((b'\x89PNG\x00\x01', "neither"), (b' ', "empty")):
            record = self.env['member.import'].create({'file': base64.b64encode(content)})
            with self.assertRaisesRegex(UserError, message):
                record.action_check()

    def test_formulas_in_the_report_are_text(self):
        record = self._make('A1,Li,"=HYPERLINK(1)",,,,,,')
        record.action_check()
        report = record._make_report().decode('utf-8-sig')
        self.assertIn("'=HYPERLINK(1)", report)

    # === all or nothing === #

    def test_all_or_nothing(self):
        lines = ('A1,Good,good@example.com,,,,,,', 'A2,Bad,bad,,,,,,')
        record = self._make(*lines)
        record.action_check()
        with self.assertRaises(UserError):
            record.action_import()
        self.assertFalse(self._find('good@example.com'))
        record.atomic = False
        record.action_import()
        self.assertTrue(self._find('good@example.com'))
        self.assertEqual((record.state, record.create_count, record.error_count), ('done', 1, 1))
        with self.assertRaises(UserError):
            record.action_import()

    def _refuse(self, name):
        """Let the database refuse a partner of this name."""
        original = self.env.registry['res.partner'].create

        def create(partners, vals_list):
            if any(vals.get('name') == name for vals in vals_list):
                raise UserError("refused")
            return original(partners, vals_list)

        return patch.object(self.env.registry['res.partner'], 'create', create)

    def test_what_the_database_refuses_takes_all_back(self):
        lines = ('A1,Good,good@example.com,,,,,,', 'A2,Bad,bad@example.com,,,,,,')
        with self._refuse("Bad"):
            record = self._import(*lines)
        self.assertEqual((record.state, record.create_count), ('failed', 0))
        self.assertEqual([(line.row, line.message) for line in record.line_ids], [(3, "refused")])
        self.assertFalse(self._find('good@example.com'))
        self.assertFalse(
            self.env['member.external.ref'].search(
                [('source', '=', 'shop'), ('reference', 'in', ['A1', 'A2'])]
            )
        )
        record.action_import()
        self.assertEqual((record.state, record.create_count), ('done', 2))

    def test_what_the_database_refuses_does_not_hold_up_the_others(self):
        lines = ('A1,Good,good@example.com,,,,,,', 'A2,Bad,bad@example.com,,,,,,')
        with self._refuse("Bad"):
            record = self._import(*lines, atomic=False)
        self.assertEqual((record.state, record.create_count, record.error_count), ('done', 1, 1))
        self.assertTrue(self._find('good@example.com'))
        self.assertEqual(
            [(line.row, line.state) for line in record.line_ids.sorted('row')],
            [(2, 'created'), (3, 'error')],
        )

    def test_changed_file_is_checked_again(self):
        record = self._make('A1,Li,li@example.com,,,,,,')
        record.action_check()
        record.source = 'forum'
        self.assertEqual(record.state, 'draft')

    # === in the background === #

    def _queue(self, *lines, **vals):
        record = self._make(*lines, **vals)
        with patch('odoo.addons.aftercare_member.models.member_import.BATCH_SIZE', 2):
            record.action_import()
        self.assertEqual(record.state, 'queued')
        return record

    def _run_cron(self):
        with patch('odoo.addons.aftercare_member.models.member_import.BATCH_SIZE', 2):
            self._trigger('ir_cron_member_import')

    def _trigger(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f'aftercare_member.{name}').sudo().method_direct_trigger()

    def test_long_files_are_imported_in_the_background(self):
        lines = [f'A{i},N{i},n{i}@example.com,,,,,,' for i in range(5)]
        for atomic in (True, False):
            record = self._queue(*lines, atomic=atomic, source=f'background{atomic}')
            self._run_cron()
            self.assertEqual((record.state, record.progress), ('done', 100))
            self.assertEqual(
                record.create_count + record.update_count, 5, record.line_ids.mapped('message')
            )

    def test_interrupted_import_goes_on_where_it_was(self):
        lines = [f'A{i},N{i},n{i}@example.com,,,,,,' for i in range(5)]
        record = self._queue(*lines, atomic=False)
        with patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=0):
            self._run_cron()
        self.assertEqual((record.state, record.processed_count), ('queued', 2))
        self._run_cron()
        self.assertEqual((record.state, record.create_count), ('done', 5))
        self.assertEqual(len(record.line_ids), 5)

    def test_broken_import_does_not_stop_the_next(self):
        broken = self._queue(*(f'A{i},N{i},n{i}@example.com,,,,,,' for i in range(3)))
        good = self._queue(*(f'B{i},M{i},m{i}@example.com,,,,,,' for i in range(3)))
        broken.sudo().write({'name': "broken.csv"})
        self.env.cr.execute(
            "DELETE FROM ir_attachment WHERE res_model = 'member.import' AND res_id = %s",
            (broken.id,),
        )
        self.env.invalidate_all()
        with mute_logger('odoo.addons.aftercare_member.models.member_import'):
            self._run_cron()
        self.assertEqual((broken.state, good.state), ('failed', 'done'))
        self.assertIn("empty", broken.line_ids.message)

    def test_invitations_are_sent_in_the_background(self):
        new_test_user(
            self.env(su=True), 'has_account', 'base.group_portal', email='taken@example.com'
        ).login = 'clash@example.com'
        record = self._import(
            'A1,Li,li@example.com,,,,,,',
            'A2,No Mail,,,,,,,',
            'A3,Clash,clash@example.com,,,,,,',
            invite=True,
        )
        self.assertEqual(
            record.line_ids.sorted('row').mapped('invitation'), ['waiting', False, 'waiting']
        )
        member = self._find('li@example.com')
        self.assertFalse(member.user_ids)
        with mute_logger('odoo.addons.mail.models.mail_mail'):
            self._trigger('ir_cron_member_invite')
        self.assertEqual(
            record.line_ids.sorted('row').mapped('invitation'), ['sent', False, 'failed']
        )
        self.assertTrue(member.sudo().user_ids._is_portal())

    # === size === #

    def test_queries_do_not_grow_with_the_rows(self):
        def lines(prefix, count):
            return [
                f'{prefix}{i},N{i},{prefix}{i}@example.com,138001{i:05d},China,Shanghai,,,'
                for i in range(count)
            ]

        self._import(*lines('warm', 2))
        with self.profile_queries() as few:
            self._import(*lines('few', 5))
        with self.profile_queries() as many:
            self._import(*lines('many', 205))
        self.assertLessEqual(many.count, few.count + 60)

    def test_ten_thousand_rows_are_checked(self):
        lines = [
            f'T{i},Name {i},t{i}@example.com,138{i:08d},China,Shanghai,Jade,,2024-05-06'
            for i in range(10_000)
        ]
        lines[5_000] = 'T5000,Twin,t1@example.com,,,,,,'
        record = self._make(*lines)
        with self.profile_queries() as counter:
            record.action_check()
        self.assertEqual((record.row_count, record.create_count), (10_000, 9_999))
        self.assertEqual(self._problems(record), [(5_002, "E-mail", 't1@example.com')])
        self.assertLess(counter.count, 150)

    @users('member_manager')
    def test_old_files_are_dropped(self):
        record = self._make('A1,Li,li@example.com,,,,,,')
        self.env['member.import'].sudo()._gc_files()
        self.assertTrue(record.file)
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = '2020-01-01' "
            "WHERE res_model = 'member.import' AND res_id = %s",
            (record.id,),
        )
        self.env.invalidate_all()
        self.env['member.import'].sudo()._gc_files()
        self.env.invalidate_all()
        self.assertFalse(record.file)
