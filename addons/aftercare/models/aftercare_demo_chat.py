import json
from datetime import time, timedelta

from odoo import api, fields, models


class AftercareDemo(models.AbstractModel):
    """Lets visitors of the demo company's website have chatted with its agents."""

    _inherit = 'aftercare.demo'

    @api.model
    def _chat_with_visitors(self, setup):
        """Play the finished chats of the last weeks, each at its time (UTC)."""
        # only here: a development and test library that Odoo itself carries
        from freezegun import freeze_time

        today = fields.Datetime.now()
        for facts in json.loads(self._read('chats.json')):
            at = today.combine(
                today - timedelta(days=facts['days']), time.fromisoformat(facts['time'])
            )
            with freeze_time(at, tick=False) as clock:
                self.env.cr._now = at
                self._chat_with_visitor(setup['teams']['support'], facts, clock)
                self.env.flush_all()
        self.env.cr._now = None

    @api.model
    def _chat_with_visitor(self, team, facts, clock):
        agent = self.env['res.users'].search([('login', '=', facts['agent'])])
        chat, guest = self._open_chat(team, agent, facts)
        for author, text in facts['messages']:
            clock.tick(timedelta(seconds=40))
            who = (
                {'author_guest_id': guest.id, 'author_id': False}
                if author == 'visitor'
                else {'author_id': agent.partner_id.id}
            )
            chat.message_post(
                body=text, message_type='comment', subtype_xmlid='mail.mt_comment', **who
            )
        if facts.get('ticket'):
            chat.with_user(agent).action_create_ticket(facts['ticket'])
        chat._close_livechat_session()
        # off the agents' sidebars, as a night's cleaning takes finished chats
        chat.channel_member_ids.unpin_dt = fields.Datetime.now() + timedelta(seconds=1)
        self.env['rating.rating'].create(
            {
                'res_model_id': self.env['ir.model']._get_id('discuss.channel'),
                'res_id': chat.id,
                'rated_partner_id': agent.partner_id.id,
                'rating': facts['rating'],
                'feedback': facts['feedback'],
                'consumed': True,
                'is_internal': False,
            }
        )

    @api.model
    def _open_chat(self, team, agent, facts):
        """Open a chat of a new visitor with the agent.

        :return: tuple of the ``discuss.channel`` and the ``mail.guest``
        """
        country = self.env['res.country'].search([('code', '=', facts['country'])])
        guest = self.env['mail.guest'].create(
            {'name': facts['visitor'], 'country_id': country.id, 'lang': facts['lang']}
        )
        # sudo: discuss.channel, im_livechat.channel - a chat of the website is opened by its
        # public user, who may not do it without the page's own route
        visitor = self.with_user(self.env.ref('base.public_user')).sudo().with_context(guest=guest)
        livechat = visitor.env['im_livechat.channel'].browse(team.livechat_channel_id.id)
        values = livechat._get_livechat_discuss_channel_vals(
            agent=agent, operator_partner=agent.partner_id, operator_model='res.users'
        )
        lang = self.env['res.lang'].search([('code', '=', facts['lang'])])
        chat = visitor.env['discuss.channel'].create(
            {**values, 'country_id': country.id, 'livechat_lang_id': lang.id}
        )
        return chat.with_env(self.env), guest
