from odoo.tests import BaseCase, tagged

from ..tools.limits import Limit, SlidingWindows, parse


@tagged('post_install', '-at_install')
class TestLimits(BaseCase):
    def test_text_of_limits(self):
        self.assertEqual(parse('60/30 500/300'), (Limit(60, 30), Limit(500, 300)))
        for text in ('', '0', None, '0/30', 'many', '5', '-1/30'):
            self.assertEqual(parse(text), ())

    def test_hits_over_the_limit_are_refused_until_the_window_is_over(self):
        windows, rules = SlidingWindows(), (Limit(3, 60),)
        usages = [windows.hit('a', rules, 600 + index) for index in range(4)]
        self.assertEqual([usage.is_over for usage in usages], [False, False, False, True])
        self.assertEqual([usage.remaining for usage in usages], [2, 1, 0, 0])
        self.assertEqual(usages[3].reset, 57)
        self.assertFalse(windows.hit('b', rules, 604).is_over)
        self.assertFalse(windows.hit('a', rules, 719).is_over)

    def test_window_slides(self):
        """What was asked at the end of a window still weighs at the beginning of the next."""
        windows, rules = SlidingWindows(), (Limit(10, 60),)
        for _index in range(10):
            windows.hit('a', rules, 659)
        self.assertTrue(windows.hit('a', rules, 660).is_over)
        self.assertFalse(windows.hit('a', rules, 690).is_over)

    def test_tightest_limit_is_told(self):
        usage = SlidingWindows().hit('a', (Limit(100, 60), Limit(5, 60)), 600)
        self.assertEqual((usage.limit, usage.remaining), (5, 4))

    def test_no_limits(self):
        self.assertIsNone(SlidingWindows().hit('a', (), 600))

    def test_memory_is_bounded(self):
        windows = SlidingWindows(max_counters=100)
        for index in range(1000):
            windows.hit(index, (Limit(3, 60),), 600)
        self.assertLessEqual(len(windows._counters), 100)
