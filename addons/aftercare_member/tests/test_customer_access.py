from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import MemberCommon


@tagged('post_install', '-at_install')
class TestCustomerAccess(MemberCommon):
    """Authorisations by level."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Grade = cls.env['res.partner.grade']
        cls.gold, cls.silver = Grade.create(
            [
                {'name': name, 'sequence': sequence, 'is_automatic': False}
                for name, sequence in (("Test Gold", 1), ("Test Silver", 2))
            ]
        )
        cls.theirs_gold, cls.theirs_silver, cls.far_gold = cls.members = cls.env[
            'res.partner'
        ].create(
            [
                {
                    'name': name,
                    'is_member': True,
                    'agent_id': cls.agent_iran.id,
                    'region_id': region.id,
                    'grade_id': grade.id,
                }
                for name, region, grade in (
                    ("Near Gold", cls.region_east, cls.gold),
                    ("Near Silver", cls.region_east, cls.silver),
                    ("Far Gold", cls.region_iran, cls.gold),
                )
            ]
        )

    def _grant(self, **vals):
        vals = {name: [(6, 0, value.ids)] for name, value in vals.items()}
        return (
            self.env['service.customer.access']
            .with_user(self.manager)
            .create({'name': "By level", 'agent_ids': [(4, self.agent_east.id)], **vals})
        )

    def _seen(self):
        Partner = self.env['res.partner'].with_user(self.agent_east.user_id)
        return Partner.search([('id', 'in', self.members.ids)])

    def test_members_of_a_level(self):
        self.assertFalse(self._seen())
        self._grant(grade_ids=self.gold)
        self.assertEqual(self._seen(), self.theirs_gold | self.far_gold)

    def test_level_and_region(self):
        self._grant(grade_ids=self.gold, region_ids=self.region_east)
        self.assertEqual(self._seen(), self.theirs_gold)

    def test_archived_level_counts(self):
        self._grant(grade_ids=self.gold, region_ids=self.region_east)
        self.gold.active = False
        self.assertEqual(self._seen(), self.theirs_gold)

    def test_new_level_counts_at_once(self):
        self._grant(grade_ids=self.gold)
        self.theirs_silver.grade_id = self.gold
        self.far_gold.grade_id = self.silver
        self.assertEqual(self._seen(), self.theirs_gold | self.theirs_silver)

    def test_what_belongs_to_members_follows(self):
        changes = self.env['member.grade.change'].with_user(self.agent_east.user_id)
        domain = [('partner_id', 'in', self.members.ids)]
        self.assertFalse(changes.search(domain))
        self._grant(grade_ids=self.silver)
        self.assertEqual(changes.search(domain).partner_id, self.theirs_silver)
        with self.assertRaises(AccessError):
            self.theirs_silver.with_user(self.agent_east.user_id).action_end_membership()

    def test_level_is_a_condition(self):
        access = self._grant(grade_ids=self.gold)
        with self.assertRaises(ValidationError):
            access.grade_ids = False
        with (
            mute_logger('odoo.sql_db'),
            self.assertRaises(ForeignKeyViolation),
            self.env.cr.savepoint(),
        ):
            self.members.grade_id = False
            self.gold.unlink()

    def test_preview(self):
        with Form(self.env['service.customer.access'].with_user(self.manager)) as form:
            form.name = "Gold"
            form.agent_ids.add(self.agent_east)
            form.grade_ids.add(self.gold)
            self.assertEqual(form.preview, "2 customers: Far Gold and Near Gold")
        self.assertEqual(form.record.conditions, "Test Gold")
