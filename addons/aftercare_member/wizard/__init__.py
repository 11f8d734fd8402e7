from . import base_partner_merge, member_grade_assign
