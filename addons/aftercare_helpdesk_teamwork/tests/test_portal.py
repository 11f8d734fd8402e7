from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .common import TeamworkCommon

INTERNAL = {
    'helpdesk.ticket.handover': 'reason',
    'helpdesk.ticket.assistance': 'question',
    'helpdesk.ticket.viewer': 'user_id',
}


@tagged('post_install', '-at_install')
class TestPortal(TeamworkCommon, HttpCase):
    """What is said among colleagues stays among colleagues."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket.with_user(cls.user_a)._transfer(cls.team, cls.user_b, "He swears a lot")
        cls.ticket.user_id = cls.user_a
        cls.env['helpdesk.ticket.assistance'].with_user(cls.user_a)._request(
            cls.ticket.with_user(cls.user_a), cls.user_c, "Is he dangerous?"
        )
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f'/web/dataset/call_kw/{model}/{method}',
            {'model': model, 'method': method, 'args': args, 'kwargs': kwargs},
        )

    def test_portal_page_shows_nothing_internal(self):
        self.authenticate('teamwork_portal', 'teamwork_portal')
        page = self.url_open(f'/my/ticket/{self.ticket.id}').text
        self.assertIn(self.ticket.name, page)
        self.assertNotIn("He swears a lot", page)
        self.assertNotIn("Is he dangerous?", page)

    @mute_logger('odoo.http')
    def test_customer_reads_nothing_internal_by_rpc(self):
        self.authenticate('teamwork_portal', 'teamwork_portal')
        for model, field in INTERNAL.items():
            with self.assertRaisesRegex(JsonRpcException, 'AccessError', msg=model):
                self._call(model, 'search_read', [], [field])
        for field in ('handover_ids', 'assistance_ids', 'helper_ids', 'my_assistance_id'):
            with self.assertRaises(JsonRpcException, msg=field):
                self._call('helpdesk.ticket', 'read', self.ticket.ids, [field])
        [values] = self._call('helpdesk.ticket', 'read', self.ticket.ids, ['name'])
        self.assertEqual(values['name'], self.ticket.name)

    @mute_logger('odoo.http')
    def test_customer_calls_nothing_internal_by_rpc(self):
        self.authenticate('teamwork_portal', 'teamwork_portal')
        for method in (
            'viewer_enter',
            'action_take',
            'action_take_over',
            'action_unassign',
            'action_answer_assistance',
        ):
            try:
                result = self._call('helpdesk.ticket', method, self.ticket.ids)
            except JsonRpcException:
                continue
            # A dialog that he cannot open.
            self.assertEqual(result['res_model'], 'helpdesk.ticket.transfer')
        with self.assertRaises(JsonRpcException):
            self._call('helpdesk.ticket', 'get_unseen_messages', self.ticket.ids, 0)
        with self.assertRaises(JsonRpcException):
            self._call(
                'helpdesk.ticket.transfer',
                'create',
                {'ticket_ids': [(6, 0, self.ticket.ids)], 'reason': "x"},
            )
        self.assertEqual(self.ticket.user_id, self.user_a)
