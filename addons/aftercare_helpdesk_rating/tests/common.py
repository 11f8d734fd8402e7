from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon


class RatingCommon(HelpdeskCommon):
    """Two teams with rated tickets, made as customers make them: by the token of a mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user('rating_boss', 'helpdesk_mgmt.group_helpdesk_manager')
        cls.other_team = cls._create_team("Repairs", cls.user_b)
        cls.Report = cls.env['helpdesk.rating.report']

    @classmethod
    def _ask(cls, user=None, team=None, **values):
        """Create a closed ticket whose customer was asked, and return the open survey."""
        ticket = cls._create_ticket(
            user_id=(user or cls.user_a).id,
            team_id=(team or cls.team).id,
            stage_id=cls.stage_done.id,
            **values,
        )
        token = ticket._rating_get_access_token(ticket.partner_id)
        return cls.env['rating.rating'].search([('access_token', '=', token)])

    @classmethod
    def _rate(cls, value, feedback=None, **values):
        rating = cls._ask(**values)
        cls.env['helpdesk.ticket'].browse(rating.res_id).rating_apply(
            value, token=rating.access_token, feedback=feedback
        )
        cls.env.flush_all()
        cls.env.invalidate_all()
        return rating

    def _get_row(self, rating, user=None):
        return self.Report.with_user(user or self.env.user).search([('rating_id', '=', rating.id)])
