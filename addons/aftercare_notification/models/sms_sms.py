from collections import defaultdict

from odoo import api, fields, models


class SmsSms(models.Model):
    _inherit = 'sms.sms'

    # the same field as in sms_twilio, so that both agree when both are installed
    record_company_id = fields.Many2one('res.company', string="Company", ondelete='set null')

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `sms` to remember whose gateway is to be used."""
        return super().create(
            [{'record_company_id': self.env.company.id} | vals for vals in vals_list]
        )

    def unlink(self):
        """Override of `sms` to tell the log that a message was taken out of the queue."""
        self.env['notification.log']._on_message_deleted('sms_id', self.ids)
        return super().unlink()

    def _get_sms_company(self):
        return (
            self.mail_message_id.record_company_id
            or self.record_company_id
            or super()._get_sms_company()
        )

    def _split_by_api(self):
        """Override of `sms` to use the gateway of each company."""
        ids_by_company = defaultdict(list)
        for sms in self:
            ids_by_company[sms._get_sms_company()].append(sms.id)
        via_super_ids = []
        for company, sms_ids in ids_by_company.items():
            if company.sms_gateway == 'iap':
                via_super_ids += sms_ids
                continue
            sms_api = company._get_sms_api_class()(self.env)
            sms_api._set_company(company)
            yield sms_api, self.browse(sms_ids)
        if via_super_ids:
            yield from super(SmsSms, self.browse(via_super_ids))._split_by_api()

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Override of `sms`, whose scheduled action raises and blocks the queue for ever when
        it meets the messages of two companies: each company's are sent by its own gateway."""
        if self.env.context.get('sms_api'):
            return super()._send(unlink_failed, unlink_sent, raise_exception)
        for sms_api, batch in self._split_by_api():
            batch.with_context(sms_api=sms_api)._send(unlink_failed, unlink_sent, raise_exception)
        return None
