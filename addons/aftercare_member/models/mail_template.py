from odoo import models


class MailTemplate(models.Model):
    _inherit = 'mail.template'

    def send_mail(self, res_id, *args, **kwargs):
        """Override of `mail`: the welcome of a member takes the place of core's bare message that
        an account exists, so that nobody gets two mails for one registration."""
        core = self.env.ref(
            'auth_signup.mail_template_user_signup_account_created', raise_if_not_found=False
        )
        if self == core and self._is_member_welcomed(self.env['res.users'].browse(res_id)):
            return False
        return super().send_mail(res_id, *args, **kwargs)

    def _is_member_welcomed(self, user):
        # sudo: notification.log - whether a message is on its way says nothing of its content
        return user.partner_id.is_member and bool(
            self.env['notification.log']
            .sudo()
            .search_count(
                [
                    ('event_id.code', '=', 'member_registered'),
                    ('channel', '=', 'mail'),
                    ('audience', '=', 'customer'),
                    ('partner_id', '=', user.partner_id.id),
                ],
                limit=1,
            )
        )
