from odoo.addons.aftercare_base.tools.sql import int_array
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL


@tagged('post_install', '-at_install')
class TestSql(TransactionCase):
    def test_integers_are_one_constant_of_the_statement(self):
        for ids in ([], [3], (5, 4), range(500)):
            query = SQL('SELECT %s', int_array(ids))
            self.assertEqual(len(query.params), 1)
            self.assertEqual(self.env.execute_query(query), [(list(ids),)])

    def test_anything_else_is_refused(self):
        with self.assertRaises(ValueError):
            int_array(["1}'; DROP TABLE res_users"])
        with self.assertRaises(TypeError):
            int_array([None])
