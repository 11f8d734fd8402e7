from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class ReviewCommon(HelpdeskCommon):
    """Ada works, Rita and Ron review; Mona manages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The least that is needed: they see the tickets of their own only.
        own = 'helpdesk_mgmt.group_helpdesk_user_own'
        cls.rita, cls.ron = (cls._create_user(name, own) for name in ('rita', 'ron'))
        cls.mona = cls._create_user('mona', 'helpdesk_mgmt.group_helpdesk_manager')
        cls.team.write(
            {
                'assignment_method': 'manual',
                'review_mode': 'one',
                'review_user_ids': [(6, 0, (cls.rita | cls.ron).ids)],
            }
        )
        cls.free_team = cls._create_team("Free", cls.user_a, assignment_method='manual')
        cls.ticket = cls._create_ticket(user_id=cls.user_a.id)
        cls.ticket.stage_id = cls.stage_progress

    def _ask(self, ticket=None, user=None):
        ticket = (ticket or self.ticket).with_user(user or self.user_a)
        ticket.action_resolve()
        return ticket

    def _decide(self, user, decision='approved', comment=False, ticket=None, **values):
        """Decide by the dialog."""
        ticket = (ticket or self.ticket).with_user(user)
        method = 'action_approve_review' if decision == 'approved' else 'action_refuse_review'
        action = getattr(ticket, method)()
        wizard = (
            self.env[action['res_model']]
            .with_user(user)
            .with_context(action['context'])
            .create({'comment': comment, **values})
        )
        return wizard.action_decide()

    def _get_activities(self, ticket=None, kind='review'):
        return (ticket or self.ticket).activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id
                == self.env.ref(f'aftercare_helpdesk_review.mail_activity_type_{kind}')
            )
        )
