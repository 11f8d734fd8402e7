from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from odoo.addons.base.tests.common import BaseCommon
from odoo.tests import new_test_user

SHANGHAI_IP = '202.96.209.5'
TEHRAN_IP = '5.160.0.1'
PLACES = {
    SHANGHAI_IP: ('CN', 'SH'),
    '240e:4c:4008::1': ('CN', 'SH'),
    TEHRAN_IP: ('IR', None),
}


class MemberCommon(BaseCommon):
    """Two regions with an agent each, and addresses that lie in them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env = cls.env(context=dict(cls.env.context, lang='en_US'))
        cls.china = cls.env.ref('base.cn')
        cls.iran = cls.env.ref('base.ir')
        cls.shanghai = cls.env.ref('base.state_cn_SH')
        cls.env['service.agent'].search([]).active = False
        cls.env['service.region'].search([]).active = False
        cls.region_east = cls.env['service.region'].create(
            {
                'name': "East",
                'country_id': cls.china.id,
                'state_ids': [(6, 0, cls.shanghai.ids)],
            }
        )
        cls.region_iran = cls.env['service.region'].create(
            {'name': "Persia", 'country_id': cls.iran.id}
        )
        cls.agent_east = cls._create_agent('member_east', "Zhang Min", cls.region_east)
        cls.agent_iran = cls._create_agent('member_iran', "Sara Ahmadi", cls.region_iran)
        cls.agent_default = cls._create_agent('member_default', "Anna Default")
        cls.agent_default.is_default = True
        cls.manager = new_test_user(
            cls.env, 'member_manager', 'aftercare_base.aftercare_base_group_manager', lang='en_US'
        )

    @classmethod
    def _create_agent(cls, login, name, region=None):
        user = new_test_user(
            cls.env,
            login,
            'aftercare_agent.aftercare_agent_group_own',
            name=name,
            email=f'{login}@example.com',
            lang='en_US',
        )
        return cls.env['service.agent'].create(
            {
                'user_id': user.id,
                'region_ids': [(6, 0, region.ids)] if region else False,
                'presence': 'available',
            }
        )

    @contextmanager
    def _known_places(self):
        """Let the addresses of ``PLACES`` lie where it says, and all others nowhere."""

        def locate(_self, ip):
            country, state = PLACES.get(ip, (None, None))
            return {'country_code': country, 'state_code': state, 'source': 'test'}

        with patch.object(self.env.registry['ip.location'], 'locate', locate):
            yield

    @contextmanager
    def profile_queries(self):
        """Count the queries of a block: ``with … as counter: …; counter.count``."""
        counter = SimpleNamespace(count=self.env.cr.sql_log_count)
        yield counter
        counter.count = self.env.cr.sql_log_count - counter.count

    def _run_cron(self):
        """Run the scheduled action of levels, which commits, within the test."""
        with patch.object(
            self.env.registry['ir.cron'], '_commit_progress', lambda *_args, **_kwargs: 3600
        ):
            self.env['res.partner']._cron_update_grades()

    @classmethod
    def _create_member(cls, **vals):
        return cls.env['res.partner'].create({'name': "A Member", 'is_member': True, **vals})

    def _speak_english(self):
        """Let the pages be in English, whatever languages this database has."""
        lang = self.env['res.lang']._activate_lang('en_US')
        if 'website' in self.env:
            self.env['website'].search([]).language_ids += lang
        self.opener.cookies['frontend_lang'] = 'en_US'

    def _get_notifications(self, partner, code):
        """Return the queued messages of an event as a set of (audience, channel)."""
        logs = self.env['notification.log'].search(
            [
                ('event_id.code', '=', code),
                ('res_model', '=', 'res.partner'),
                ('res_id', '=', partner.id),
            ]
        )
        return {(log.audience, log.channel) for log in logs}
