from odoo.tests import BaseCase, tagged

from ..conditions import get_applicable_names, is_filled


@tagged('post_install', '-at_install')
class TestConditions(BaseCase):
    def _rule(self, name, **values):
        return {
            'name': name,
            'type': 'char',
            'type_ids': [],
            'category_ids': [],
            'channel_ids': [],
            'parent': False,
            'keys': [],
            'text': '',
            **values,
        }

    def _get_names(self, *rules, values=None, type_id=False):
        return get_applicable_names(
            rules, values or {}, type_id=type_id, category_id=False, channel_id=False
        )

    def test_types_limit_a_field(self):
        rule = self._rule('a', type_ids=[1])
        self.assertEqual(self._get_names(rule, type_id=1), {'a'})
        self.assertFalse(self._get_names(rule, type_id=2))
        self.assertFalse(self._get_names(rule))

    def test_each_kind_of_value_can_be_asked_for(self):
        cases = [
            ('selection', ['x'], '', 'x', 'y'),
            ('selection', [], '', 'y', False),
            ('tags', ['x'], '', ['y', 'x'], ['y']),
            ('boolean', ['true'], '', True, False),
            ('boolean', ['false'], '', None, True),
            ('char', [], 'Red', ' red', 'redder'),
            ('char', [], '', 'anything', '  '),
        ]
        for kind, keys, text, met, unmet in cases:
            rules = [
                self._rule('parent', type=kind),
                self._rule('child', parent='parent', keys=keys, text=text),
            ]
            with self.subTest(kind=kind, keys=keys, text=text):
                self.assertIn('child', self._get_names(*rules, values={'parent': met}))
                self.assertNotIn('child', self._get_names(*rules, values={'parent': unmet}))

    def test_a_field_that_does_not_apply_has_no_say(self):
        rules = [
            self._rule('parent', type='boolean', type_ids=[1]),
            self._rule('child', parent='parent', keys=['true']),
        ]
        self.assertEqual(
            self._get_names(*rules, values={'parent': True}, type_id=1), {'parent', 'child'}
        )
        self.assertFalse(self._get_names(*rules, values={'parent': True}, type_id=2))

    def test_nought_and_no_are_answers(self):
        self.assertTrue(is_filled('integer', 0))
        self.assertFalse(is_filled('integer', False))
        self.assertTrue(is_filled('boolean', False))
        self.assertFalse(is_filled('char', "  "))
        self.assertFalse(is_filled('tags', []))
