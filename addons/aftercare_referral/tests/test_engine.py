from decimal import Decimal

from odoo.addons.aftercare_referral.tools import commission as engine
from odoo.addons.aftercare_referral.tools.chart import get_bars, get_nice_top
from odoo.addons.aftercare_referral.tools.identity import (
    get_network,
    mask_name,
    normalize_email,
    normalize_number,
)
from odoo.addons.aftercare_referral.tools.links import get_local_path, normalize_code
from odoo.tests import BaseCase, tagged

CENT = Decimal('0.01')
PROGRAM = engine.Rule(
    rates={
        'purchase': (Decimal(20), Decimal(5)),
        'renewal': (Decimal(10), Decimal(2)),
    }
)
CASE = engine.Case(affiliate=1, product=10, categories=(100, 110), grade=5)


@tagged('post_install', '-at_install')
class TestEngine(BaseCase):
    def _calculate(self, *bases, rules=(PROGRAM,), kind='purchase', levels=2, cap=30, step=CENT):
        lines = []
        for index, line in enumerate(bases):
            base, case, share = line if isinstance(line, tuple) else (line, CASE, '1')
            rule, _limit = engine.choose(rules, case)
            offers = tuple(engine.get_offer(rule, kind, level + 1) for level in range(levels))
            share = Decimal(share)
            lines.append(engine.Line(str(index), Decimal(base) * share, kind, offers, share=share))
        entries = engine.calculate(lines, Decimal(cap), step)
        return [(entry.level, str(entry.amount)) for entry in entries]

    # === THE WORKED EXAMPLES === #
    def test_worked_examples(self):
        theme = engine.Case(affiliate=1, product=30)
        fixed = engine.Rule(
            id=3, product=30, is_fixed=True, rates={'purchase': (Decimal('12.00'),)}
        )
        for number, arguments, options, expected in (
            (1, ('1000.00',), {}, [(1, '200.00'), (2, '50.00')]),
            (2, (str(Decimal('1130.00') / Decimal('1.13')),), {'levels': 1}, [(1, '200.00')]),
            (3, ('800.00',), {'kind': 'renewal'}, [(1, '80.00'), (2, '16.00')]),
            (4, (str(Decimal('999.00') * Decimal('0.85')),), {'levels': 1}, [(1, '169.83')]),
            (5, (('1000.00', CASE, '0.9'),), {'levels': 1}, [(1, '180.00')]),
            (6, (), {}, []),
            (
                11,
                ('299.00', ('150.25', theme, '1')),
                {'levels': 1, 'rules': (PROGRAM, fixed)},
                [(1, '59.80'), (1, '12.00')],
            ),
        ):
            with self.subTest(example=number):
                self.assertEqual(self._calculate(*arguments, **options), expected)

    # === PRECEDENCE === #
    def test_affiliate_beats_product_beats_category_beats_grade(self):
        rules = [
            engine.Rule(id=1, affiliate=1, product=10),
            engine.Rule(id=2, affiliate=1),
            engine.Rule(id=3, product=10),
            engine.Rule(id=4, category=110),
            engine.Rule(id=5, category=100),
            engine.Rule(id=6, grade=5),
            engine.Rule(),
        ]
        for expected in (1, 2, 3, 4, 5, 6, None):
            with self.subTest(rule=expected):
                for order in (rules, rules[::-1]):
                    self.assertEqual(engine.choose(order, CASE)[0].id, expected)
            rules.pop(0)
        self.assertEqual(engine.choose([], CASE), (None, 0))

    def test_rules_of_others_do_not_fit(self):
        for rule in (
            engine.Rule(id=1, affiliate=2),
            engine.Rule(id=1, product=11),
            engine.Rule(id=1, category=101),
            engine.Rule(id=1, grade=6),
            engine.Rule(id=1, affiliate=1, product=11),
        ):
            self.assertFalse(engine.fits(rule, CASE))
            self.assertIsNone(engine.choose([rule, PROGRAM], CASE)[0].id)

    def test_a_limit_of_any_fitting_rule_holds(self):
        rules = [
            engine.Rule(id=1, affiliate=1),
            engine.Rule(id=2, product=10, max_renewals=3),
            engine.Rule(id=3, product=11, max_renewals=1),
            engine.Rule(max_renewals=5),
        ]
        rule, limit = engine.choose(rules, CASE)
        self.assertEqual((rule.id, limit), (1, 3))

    # === ROUNDING AND CAP === #
    def test_lines_of_one_rule_are_rounded_once(self):
        # 3 × 0.125 would be 0.39 when each line was rounded
        lines = ('0.625', '0.625', '0.625')
        self.assertEqual(self._calculate(*lines, levels=1), [(1, '0.38')])

    def test_a_half_goes_up(self):
        for amount, expected in (
            ('0.125', '0.13'),
            ('0.135', '0.14'),
            ('2.675', '2.68'),
            ('-0.125', '-0.13'),
        ):
            self.assertEqual(str(engine.round_half_up(Decimal(amount), CENT)), expected)
        self.assertEqual(engine.round_half_up(Decimal('12.5'), Decimal(5)), Decimal(15))
        self.assertEqual(self._calculate('12345', levels=1, step=Decimal(1)), [(1, '2469')], "yen")

    def test_the_first_level_is_served_first(self):
        generous = engine.Rule(rates={'purchase': (Decimal(28), Decimal(5))})
        self.assertEqual(self._calculate('100.00', rules=(generous,)), [(1, '28.00'), (2, '2.00')])
        excessive = engine.Rule(rates={'purchase': (Decimal(60), Decimal(5))})
        self.assertEqual(self._calculate('100.00', rules=(excessive,)), [(1, '30.00')])
        self.assertEqual(self._calculate('100.00', cap=0), [])

    def test_no_rate_no_entry(self):
        self.assertEqual(self._calculate('100.00', kind='signup'), [])
        self.assertEqual(self._calculate('0.00'), [])
        self.assertEqual(self._calculate('0.01', levels=1), [], "less than a cent")

    # === REVERSAL === #
    def test_reversals_end_at_exactly_zero(self):
        amount, base = Decimal('33.33'), Decimal('166.65')
        taken = Decimal(0)
        for refunded in ('55.55', '111.10', '166.65'):
            target = engine.get_reversal(amount, base, Decimal(refunded), CENT)
            self.assertGreater(target, taken)
            taken = target
        self.assertEqual(taken, amount)
        self.assertEqual(engine.get_reversal(amount, base, Decimal(0), CENT), 0)
        self.assertEqual(engine.get_reversal(amount, base, Decimal(999), CENT), amount)
        self.assertEqual(engine.get_reversal(amount, Decimal(0), Decimal(1), CENT), amount)

    # === IDENTITY === #
    def test_one_mailbox_in_many_spellings(self):
        for text in ('a.b@gmail.com', ' AB+x@Gmail.com', 'a.b+y@googlemail.com'):
            self.assertEqual(normalize_email(text), 'ab@gmail.com')
        self.assertEqual(normalize_email('a.b+c@Example.com'), 'a.b@example.com')
        for text in (None, '', 'nobody', '@example.com', '+x@example.com', 'a@'):
            self.assertEqual(normalize_email(text), '')
        self.assertEqual(normalize_number(' de-123 456.7 '), 'DE1234567')

    def test_near_addresses(self):
        self.assertEqual(get_network('203.0.113.7'), get_network('::ffff:203.0.113.200'))
        self.assertNotEqual(get_network('203.0.113.7'), get_network('203.0.114.7'))
        self.assertEqual(get_network('2001:db8::1'), get_network('2001:db8::ffff'))
        for text in ('127.0.0.1', '::1', '', None, 'nonsense'):
            self.assertEqual(get_network(text), '')

    def test_masked_names(self):
        for name, masked in (
            ("Ana Silva", "A** S**"),
            ("张伟", "张**"),
            ("X", "X**"),
            ("ana@example.com", "a**"),
            (None, "**"),
        ):
            self.assertEqual(mask_name(name), masked)

    # === LINKS === #
    def test_codes_as_people_type_them(self):
        self.assertEqual(normalize_code(' k7m-2qx4 '), 'K7M2QX4')
        for text in (None, '', 'abc', 'x' * 21, 'a/../b', "a'b--c;", 'äöüß', '<b>code</b>', 5):
            self.assertEqual(normalize_code(text), '')

    def test_no_way_out_of_the_house(self):
        self.assertEqual(get_local_path('/shop?a=1#x'), '/shop?a=1#x')
        for text in (
            None,
            '',
            'shop',
            'https://evil.example.com',
            '//evil.example.com',
            '/\\evil.example.com',
            '/\t/evil.example.com',
            '\\\\evil.example.com',
            'javascript:alert(1)',
            '/a\r\nSet-Cookie: x=y',
            '/' + 'x' * 600,
        ):
            self.assertEqual(get_local_path(text, default='/home'), '/home', text)

    # === CHART === #
    def test_bars(self):
        self.assertEqual([get_nice_top(n) for n in (0, 7, 183, 250, 999)], [1, 10, 200, 250, 1000])
        months = [
            {'label': 'A', 'parts': [('held', 30), ('reversed', -10)]},
            {'label': 'B', 'parts': [('held', 0)]},
        ]
        chart = get_bars(months, 100, 60)
        self.assertEqual((chart['top'], chart['bottom'], chart['zero']), (50, 10, 50))
        held, taken_back = chart['bars'][0]['segments']
        self.assertEqual((held['y'], held['height']), (20, 30))
        self.assertEqual((taken_back['y'], taken_back['height']), (50, 10))
        self.assertFalse(chart['bars'][1]['segments'])
        mirrored = get_bars(months, 100, 60, is_mirrored=True)
        self.assertGreater(mirrored['bars'][0]['x'], mirrored['bars'][1]['x'])
        self.assertEqual(get_bars([], 100, 60)['bars'], [])
