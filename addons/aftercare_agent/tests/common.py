from datetime import datetime

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

# A Tuesday, 10:00 in Shanghai and 03:00 in Madrid
MOMENT = datetime(2026, 3, 10, 2, 0)
NIGHT = datetime(2026, 3, 10, 18, 0)  # 02:00 on Wednesday in Shanghai
GROUP_STAFF = 'aftercare_base.aftercare_base_group_user'
GROUP_MANAGER = 'aftercare_base.aftercare_base_group_manager'
GROUP_OWN = 'aftercare_agent.aftercare_agent_group_own'
GROUP_ALL = 'aftercare_agent.aftercare_agent_group_all'


class AgentCommon(TransactionCase):
    """A company of its own, so that agents of other addons' data never interfere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'no_reset_password': True})
        cls.company = cls.env['res.company'].create({'name': "Agents Ltd."})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(context={**cls.env.context, 'allowed_company_ids': cls.company.ids})
        cls.Agent = cls.env['service.agent']
        cls.Assignment = cls.env['service.assignment']
        cls.calendar = cls._create_calendar('Asia/Shanghai', 9, 18)
        cls.calendar_madrid = cls._create_calendar('Europe/Madrid', 9, 18)
        cls.company.resource_calendar_id = cls.calendar
        Region = cls.env['service.region']
        cls.world = Region.create({'name': "Test World"})
        cls.china = Region.create({'name': "Test China", 'parent_id': cls.world.id})
        cls.east = Region.create({'name': "Test East", 'parent_id': cls.china.id})
        cls.shanghai = Region.create({'name': "Test Shanghai", 'parent_id': cls.east.id})
        cls.south = Region.create({'name': "Test South", 'parent_id': cls.china.id})
        cls.spain = Region.create({'name': "Test Spain", 'parent_id': cls.world.id})
        Skill = cls.env['service.skill']
        cls.database = Skill.create({'name': "Database"})
        cls.postgres = Skill.create({'name': "PostgreSQL", 'parent_id': cls.database.id})
        cls.network = Skill.create({'name': "Network"})

    @classmethod
    def _create_calendar(cls, tz, hour_from, hour_to):
        return cls.env['resource.calendar'].create(
            {
                'name': f"{tz} {hour_from}-{hour_to}",
                'tz': tz,
                'company_id': cls.company.id,
                'attendance_ids': [Command.clear()]
                + [
                    Command.create(
                        {
                            'name': f"day {day}",
                            'dayofweek': str(day),
                            'hour_from': hour_from,
                            'hour_to': hour_to,
                            'day_period': 'morning',
                        }
                    )
                    for day in range(5)
                ],
            }
        )

    @classmethod
    def _create_user(cls, login, groups=GROUP_STAFF, **kwargs):
        return new_test_user(
            cls.env,
            login,
            groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            **kwargs,
        )

    @classmethod
    def _create_agent(cls, name, presence='available', groups=GROUP_STAFF, **vals):
        user = cls._create_user(f'agent_{name}'.lower().replace(' ', '_'), groups, name=name)
        vals = {
            'user_id': user.id,
            'company_id': cls.company.id,
            'presence': presence,
            'resource_calendar_id': cls.calendar.id,
            'tz': 'Asia/Shanghai',
            **vals,
        }
        for key in ('region_ids', 'skill_ids'):
            if key in vals:
                vals[key] = [Command.set(vals[key].ids)]
        return cls.Agent.create(vals)

    @classmethod
    def _create_leave(cls, agent, date_from, date_to):
        return cls.env['resource.calendar.leaves'].create(
            {
                'name': "Leave",
                'resource_id': agent.resource_id.id,
                'calendar_id': agent.resource_calendar_id.id,
                'company_id': cls.company.id,
                'date_from': date_from,
                'date_to': date_to,
            }
        )

    @classmethod
    def _request(cls, **vals):
        """A request that looks at nothing unless told to; `test.record` exists nowhere."""
        return {
            'res_model': 'test.record',
            'res_id': 0,
            'method': 'balanced',
            'company': cls.company,
            'at': MOMENT,
            **vals,
        }

    @classmethod
    def _choose(cls, dry_run=False, **vals):
        return cls.Agent._choose([cls._request(**vals)], dry_run=dry_run)[0]

    def _patch_open_counts(self, counts):
        """Give agents so many open records, as a domain addon would."""

        def _get_open_counts(agents):
            return {agent.id: counts.get(agent.id, 0) for agent in agents}

        self.patch(self.env.registry['service.agent'], '_get_open_counts', _get_open_counts)

    def _candidate(self, assignment, agent):
        return assignment.candidate_ids.filtered(lambda c: c.agent_id == agent)
