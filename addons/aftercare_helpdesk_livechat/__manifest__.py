{
    'name': "Aftercare Helpdesk Live Chat",
    'summary': "Live chat of a helpdesk team, with a queue, whose chats become tickets",
    'version': '19.0.1.0.0',
    'category': 'Aftercare',
    'author': "Aftercare contributors",
    'license': 'AGPL-3',
    'depends': ['aftercare_helpdesk', 'im_livechat'],
    'data': [
        'security/aftercare_helpdesk_livechat_groups.xml',
        'security/aftercare_helpdesk_livechat_security.xml',
        'data/helpdesk_ticket_channel_data.xml',
        'data/ir_cron_data.xml',
        'views/discuss_channel_views.xml',
        'views/helpdesk_ticket_team_views.xml',
        'views/helpdesk_ticket_views.xml',
        'views/im_livechat_channel_views.xml',
        'views/mail_canned_response_views.xml',
        'views/aftercare_helpdesk_livechat_menus.xml',
    ],
    'assets': {
        'web.assets_backend': ['aftercare_helpdesk_livechat/static/src/core/**/*'],
        'im_livechat.assets_embed_core': [
            'aftercare_helpdesk_livechat/static/src/embed/common/**/*',
        ],
        'im_livechat.assets_embed_cors': [
            'aftercare_helpdesk_livechat/static/src/embed/cors/**/*',
        ],
        'web.assets_tests': ['aftercare_helpdesk_livechat/static/tests/tours/backend/*'],
        'im_livechat.assets_livechat_support_tours': [
            'aftercare_helpdesk_livechat/static/tests/tours/support/*',
        ],
    },
    'auto_install': True,
}
