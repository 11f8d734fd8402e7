from odoo.tests import BaseCase, tagged

from ..tools.identity import canonical_email, canonical_network
from ..tools.levels import (
    NOTHING,
    Level,
    Score,
    find_earned,
    find_next,
    get_progress,
    is_earned,
)

GOLD = Level(1, 0, 1000, 500)
SILVER = Level(2, 0, 300, 0)
BRONZE = Level(3, 0, 0, 0)
LEVELS = [GOLD, SILVER, BRONZE]


@tagged('post_install', '-at_install')
class TestLevels(BaseCase):
    def test_the_best_level_that_is_earned(self):
        for spending, points, expected in (
            (0, 0, BRONZE),
            (299.99, 499, BRONZE),
            (300, 0, SILVER),
            (0, 500, GOLD),
            (1000, 0, GOLD),
        ):
            with self.subTest(spending=spending, points=points):
                self.assertEqual(find_earned(LEVELS, Score({0: spending}, points)), expected)
        self.assertIsNone(find_earned([GOLD, SILVER], NOTHING))

    def test_spending_of_another_company_does_not_count(self):
        level = Level(1, 7, 100, 0)
        self.assertFalse(is_earned(level, Score({0: 500, 8: 500}, 0)))
        self.assertTrue(is_earned(level, Score({0: 500, 7: 100}, 0)))

    def test_progress_is_that_of_the_nearer_way(self):
        self.assertEqual(get_progress(GOLD, Score({0: 250}, 100)), 25)
        self.assertEqual(get_progress(GOLD, Score({0: 250}, 400)), 80)
        self.assertEqual(get_progress(GOLD, Score({0: 999.999}, 0)), 99)
        self.assertEqual(get_progress(GOLD, Score({0: 1000}, 0)), 100)
        self.assertEqual(get_progress(BRONZE, NOTHING), 100)

    def test_the_next_level_is_the_nearest(self):
        self.assertEqual(find_next([GOLD, SILVER]), SILVER)
        self.assertIsNone(find_next([]))


@tagged('post_install', '-at_install')
class TestIdentity(BaseCase):
    def test_one_mailbox_has_many_spellings(self):
        for email in (
            'li.wei@gmail.com',
            'LiWei@GMail.com',
            'l.i.w.e.i+two@googlemail.com',
            ' liwei+@gmail.com. ',
        ):
            self.assertEqual(canonical_email(email), 'liwei@gmail.com')
        self.assertEqual(canonical_email('a.b+x@Example.com'), 'a.b@example.com')
        self.assertEqual(canonical_email('x@bücher.example'), 'x@xn--bcher-kva.example')
        self.assertEqual(canonical_email('+x@example.com'), '+x@example.com')
        for bad in (None, '', 'nobody', '@example.com', 'x@'):
            self.assertEqual(canonical_email(bad), '')

    def test_networks(self):
        self.assertEqual(canonical_network('203.0.113.7'), '203.0.113.7/32')
        self.assertEqual(canonical_network('::ffff:203.0.113.7'), '203.0.113.7/32')
        self.assertEqual(canonical_network('2001:db8:1:2:3::4'), '2001:db8:1:2::/64')
        self.assertEqual(canonical_network('nowhere'), '')
