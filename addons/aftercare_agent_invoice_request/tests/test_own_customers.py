from odoo.addons.aftercare_agent.tests.common_records import OwnRecordsCase
from odoo.addons.aftercare_invoice_request.tests.common import InvoiceRequestCommon
from odoo.tests import HttpCase, tagged


@tagged('post_install', '-at_install')
class TestOwnCustomers(OwnRecordsCase, InvoiceRequestCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)
        for member in cls.member | cls.other_member:
            request = cls._ask(cls._create_bill(partner=member), partner=member)
            cls.env['invoice.request.reversal'].create(
                {
                    'request_id': request.id,
                    'number': "R/1",
                    'date': '2026-03-10',
                    'amount': 1,
                    'reason': "Test",
                }
            )
        cls._set_up_agents(
            'aftercare_invoice_request.aftercare_invoice_request_group_user',
            cls.member_company,
            cls.other_member,
            {
                'invoice.request': 'partner_id',
                'invoice.request.line': 'request_id.partner_id',
                'invoice.request.reversal': 'request_id.partner_id',
                'invoice.title': 'partner_id',
                'invoice.source': 'partner_id',
            },
        )
