from odoo.addons.mail.controllers.webclient import WebclientController
from odoo.addons.mail.tools.discuss import Store
from odoo.http import request


class WebClient(WebclientController):
    @classmethod
    def _process_request_for_all(cls, store: Store, name, params):
        """Override of `im_livechat`: the button of a team is there while nobody is free, too."""
        super()._process_request_for_all(store, name, params)
        if name != 'init_livechat' or not params:
            return
        # sudo: im_livechat.channel - whether there is a chat is told to everybody
        channel_sudo = request.env['im_livechat.channel'].sudo().search([('id', '=', params)])
        if not channel_sudo.helpdesk_team_id:
            return
        Rule = request.env['im_livechat.channel.rule'].sudo()
        # sudo: res.country - the country of the visitor, as core does
        country = request.env['res.country'].sudo()
        if code := request.geoip.country_code:
            country = country.search([('code', '=', code)])
        url = request.httprequest.headers.get('Referer')
        rule = Rule.match_rule(params, url, country.id)
        store.add_global_values(
            livechat_available=rule.action != 'hide_button' and channel_sudo._is_served()
        )

    @classmethod
    def _process_request_for_internal_user(cls, store: Store, name, params):
        """Override of `mail`: quick replies of the own teams come along."""
        result = super()._process_request_for_internal_user(store, name, params)
        if name == 'mail.canned.response' and request.env.user.has_group(
            'helpdesk_mgmt.group_helpdesk_user_own'
        ):
            store.add(
                request.env['mail.canned.response'].search(
                    [('helpdesk_team_ids.user_ids', 'in', request.env.user.ids)]
                )
            )
        return result
