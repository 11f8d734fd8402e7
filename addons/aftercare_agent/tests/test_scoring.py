from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..tools import scoring, shift


def at(hour, day=1):
    return datetime(2026, 1, day, hour)


@tagged('post_install', '-at_install')
class TestScoring(BaseCase):
    def test_agent_of_region_above_serves_region(self):
        self.assertGreater(scoring.region_score(('1/',), '1/2/3/'), 0)

    def test_more_specific_region_scores_higher(self):
        country = scoring.region_score(('1/',), '1/2/3/')
        province = scoring.region_score(('1/2/',), '1/2/3/')
        city = scoring.region_score(('1/2/3/',), '1/2/3/')
        self.assertTrue(country < province < city)

    def test_part_of_region_scores_less_than_whole(self):
        self.assertTrue(
            0 < scoring.region_score(('1/2/3/',), '1/2/') < scoring.region_score(('1/',), '1/2/')
        )

    def test_brother_region_scores_nothing(self):
        self.assertEqual(scoring.region_score(('1/3/',), '1/2/'), 0)

    def test_region_ids_are_compared_whole(self):
        self.assertEqual(scoring.region_score(('1/',), '11/'), 0)

    def test_skill_includes_its_parts(self):
        self.assertEqual(scoring.missing_skills(['5/'], {6: '5/6/'}), [])

    def test_part_does_not_include_the_skill(self):
        self.assertEqual(scoring.missing_skills(['5/6/'], {5: '5/'}), [5])

    def test_each_weight_outweighs_those_below(self):
        best_region = scoring.REGION_COVERED + 20
        below = scoring.PRESENT
        for weight in (
            best_region,
            scoring.SKILLS,
            scoring.DEPUTY_LATER,
            scoring.OWN_LATER,
            scoring.WORKING,
            scoring.DEPUTY,
            scoring.OWN,
        ):
            self.assertGreater(weight, below)
            below += weight


@tagged('post_install', '-at_install')
class TestShift(BaseCase):
    def test_merge_joins_touching_intervals(self):
        merged = shift.merge([(at(13), at(17)), (at(8), at(12)), (at(12), at(13))])
        self.assertEqual(merged, [(at(8), at(17))])

    def test_merge_drops_empty_intervals(self):
        self.assertEqual(shift.merge([(at(8), at(8))]), [])

    def test_end_is_not_covered(self):
        self.assertIsNone(shift.covering([(at(8), at(12))], at(12)))
        self.assertTrue(shift.covering([(at(8), at(12))], at(8)))

    def test_next_work_is_now_during_the_shift(self):
        self.assertEqual(shift.next_work([(at(8), at(12))], [], at(9)), at(9))

    def test_next_work_skips_the_leave(self):
        times = [(at(8), at(12)), (at(8, 2), at(12, 2))]
        self.assertEqual(shift.next_work(times, [(at(7), at(20))], at(9)), at(8, 2))

    def test_next_work_resumes_within_the_shift(self):
        self.assertEqual(shift.next_work([(at(8), at(12))], [(at(8), at(10))], at(8)), at(10))

    def test_next_work_without_calendar_is_now(self):
        self.assertEqual(shift.next_work(None, [], at(3)), at(3))

    def test_next_work_after_the_last_shift_is_none(self):
        self.assertIsNone(shift.next_work([(at(8), at(12))], [], at(13)))
