from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.tests import new_test_user, tagged


@tagged('post_install', '-at_install')
class TestViewersAtOnce(RaceCase):
    """A closing browser says so by a request, and by the connection that it loses."""

    @classmethod
    def _create_records(cls, env):
        user = new_test_user(env, 'viewer_at_once', 'helpdesk_mgmt.group_helpdesk_user')
        tickets = env['helpdesk.ticket'].create(
            [{'name': f"Seen {number}", 'description': "<p>Text</p>"} for number in range(2)]
        )
        for ticket in tickets:
            env['helpdesk.ticket.viewer'].with_user(user).sudo()._report(ticket, False)
        cls.user_id, cls.partner_id, cls.ticket_ids = user.id, user.partner_id.id, tickets.ids

    @classmethod
    def _delete_records(cls, env):
        env['helpdesk.ticket'].browse(cls.ticket_ids).unlink()
        env['res.users'].browse(cls.user_id).unlink()
        env['res.partner'].browse(cls.partner_id).unlink()

    def _leave(self, env):
        return env['helpdesk.ticket.viewer']._leave(env['res.users'].browse(self.user_id))

    def test_who_leaves_twice_at_once_is_gone_without_an_error(self):
        _results, errors, tries = self._race([self._leave] * 3)
        self.assertEqual((errors, tries), ([], 3))
        with self._open_env() as env:
            viewers = env['helpdesk.ticket.viewer'].search([('user_id', '=', self.user_id)])
            self.assertFalse(viewers)

    def test_gone_since_the_transaction_began(self):
        with self._open_env() as late:
            late.cr.execute('SELECT 1')
            with self._open_env() as env:
                self._leave(env)
            self._leave(late)
            late.cr.execute('SELECT 1')
            self.assertEqual(late.cr.fetchall(), [(1,)])
