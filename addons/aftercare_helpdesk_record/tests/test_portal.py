from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .common import RecordCommon


@tagged('post_install', '-at_install')
class TestPortal(RecordCommon, HttpCase):
    """Customers never read what is on record about them."""

    def _call(self, model, method, *args, **kwargs):
        return self.make_jsonrpc_request(
            f'/web/dataset/call_kw/{model}/{method}',
            {'model': model, 'method': method, 'args': args, 'kwargs': kwargs},
        )

    def test_page_of_the_ticket(self):
        self.authenticate('record_portal', 'record_portal')
        page = self.url_open(f'/my/ticket/{self.ticket.id}').text
        self.assertIn(self.ticket.name, page)
        self.assertNotIn("Version 19", page)
        self.assertNotIn("Smoke", page)

    @mute_logger('odoo.http')
    def test_rpc(self):
        self.authenticate('record_portal', 'record_portal')
        for model in ('helpdesk.ticket.record', 'helpdesk.ticket.head'):
            for args in ((self.ticket.ids, ['display_name']), (self.record.ids, ['display_name'])):
                with self.assertRaisesRegex(JsonRpcException, 'AccessError', msg=model):
                    self._call(model, 'read', *args)
            with self.assertRaisesRegex(JsonRpcException, 'AccessError', msg=model):
                self._call(model, 'search_read', [], ['display_name'])
        for field in ('record_ids', 'record_progress', 'record_customer_status'):
            with self.assertRaises(JsonRpcException, msg=field):
                self._call('helpdesk.ticket', 'read', self.ticket.ids, [field])
        with self.assertRaises(JsonRpcException):
            self._call('res.partner', 'read', self.customer.ids, ['service_record_count'])
        with self.assertRaisesRegex(JsonRpcException, 'AccessError'):
            self._call(
                'helpdesk.ticket.record',
                'create',
                [{'ticket_id': self.ticket.id, 'problem': "Mine"}],
            )
        [values] = self._call('helpdesk.ticket', 'read', self.ticket.ids, ['name'])
        self.assertEqual(values['name'], self.ticket.name)
