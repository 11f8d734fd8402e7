from odoo import fields
from odoo.addons.phone_validation.tools import phone_validation
from odoo.addons.sms.tools.sms_api import SmsApiBase
from odoo.exceptions import UserError


class SmsApiLog(SmsApiBase):
    """A gateway that writes each SMS to ``sms.log`` and refuses what a real one refuses."""

    def _get_sms_api_error_messages(self):
        return super()._get_sms_api_error_messages() | {
            'wrong_number_format': self.env._("The number is not correctly formatted."),
            'not_allowed': self.env._("The number is on the blacklist."),
        }

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        """Write the messages down instead of sending them.

        :return: list of ``{'uuid', 'state'[, 'failure_reason']}``, the states being those
            of the real gateway: success, wrong_number_format, not_allowed
        """
        numbers = {number['number'] for message in messages for number in message['numbers']}
        blacklisted = set(
            self.env['phone.blacklist']
            .sudo()
            .search([('number', 'in', [number for number in numbers if number])])
            .mapped('number')
        )
        results, vals_list = [], []
        for message in messages:
            for number in message['numbers']:
                result = {'uuid': number['uuid'], **self._check(number['number'], blacklisted)}
                results.append(result)
                vals_list.append(
                    {
                        'company_id': self.company.id,
                        'uuid': number['uuid'],
                        'number': number['number'],
                        'body': message['content'],
                        'date': fields.Datetime.now(),
                        'state': 'accepted' if result['state'] == 'success' else 'refused',
                        'reason': result.get('failure_reason'),
                    }
                )
        # sudo: sms.log - whoever sends an SMS leaves a trace of it
        self.env['sms.log'].sudo().create(vals_list)
        return results

    def _check(self, number, blacklisted):
        """Return the state (and the reason of a refusal) of one number."""
        state = None
        if not number:
            state = 'sms_number_missing'
        elif number in blacklisted:
            state = 'not_allowed'
        else:
            try:
                phone_validation.phone_parse(number, self.company.country_id.code)
            except UserError:
                state = 'wrong_number_format'
        if not state:
            return {'state': 'success'}
        return {
            'state': state,
            'failure_reason': self._get_sms_api_error_messages().get(state),
        }
