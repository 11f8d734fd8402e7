from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from pytz import timezone, utc

from odoo.fields import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user


class SlaCommon(TransactionCase):
    """A company that works 9 to 18 UTC without a break from Monday to Friday.

    Monday 2 March 2026 is the day on which everything begins.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'tracking_disable': True, 'lang': 'en_US'})
        cls.env['res.lang']._activate_lang('en_US')
        # Whatever policies and statuses a database has, they are not of this company.
        cls.company = cls.env['res.company'].create({'name': "Promise Ltd"})
        cls.env.user.write(
            {'company_ids': [Command.link(cls.company.id)], 'company_id': cls.company.id}
        )
        cls.env = cls.env(context={**cls.env.context, 'allowed_company_ids': cls.company.ids})
        cls.calendar = cls._create_calendar("Office", 'UTC')
        cls.company.resource_calendar_id = cls.calendar
        cls.agent = cls._create_user('sla_agent', 'aftercare_base.aftercare_base_group_user')
        cls.colleague = cls._create_user('sla_colleague', 'base.group_user')
        cls.manager = cls._create_user('sla_manager', 'aftercare_base.aftercare_base_group_manager')
        cls.customer = cls.env['res.partner'].create({'name': "Customer"})

    @classmethod
    def _create_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz='UTC',
        )

    @classmethod
    def _create_calendar(cls, name, tz, weekdays=range(5), hours=((9, 18),)):
        return cls.env['resource.calendar'].create(
            {
                'name': name,
                'tz': tz,
                'company_id': cls.company.id,
                'attendance_ids': [
                    Command.create(
                        {
                            'name': str(day),
                            'dayofweek': str(day),
                            'hour_from': start,
                            'hour_to': stop,
                            'day_period': 'full_day',
                        }
                    )
                    for day in weekdays
                    for start, stop in hours
                ],
            }
        )

    @classmethod
    def _create_policy(cls, hours=4, **values):
        return cls.env['sla.policy'].create(
            {
                'name': f'{hours} h',
                'company_id': cls.company.id,
                'res_model': 'test.sla.record',
                'duration_hours': hours,
                **values,
            }
        )

    @contextmanager
    def _at(self, moment):
        """Be at a moment such as 2026-03-02 10:00 (UTC)."""
        with freeze_time(f'{moment}'):
            yield

    def _create_record(self, moment='2026-03-02 09:00:00', **values):
        with self._at(moment):
            return self.env['test.sla.record'].create({'name': "Record", **values})

    def _move(self, records, moment, **values):
        with self._at(moment):
            records.write(values)

    def _run(self, moment):
        """Run the scheduled action at a moment."""
        self.env.flush_all()
        with self._at(moment), self._no_commit():
            self.env['sla.status']._cron_run()

    @contextmanager
    def _no_commit(self):
        with patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=60):
            yield

    def _status(self, record):
        """The one status of a record that was not cancelled."""
        status = record.sla_status_ids.filtered(lambda s: s.state != 'cancelled')
        return status.ensure_one()

    def _kinds(self, status):
        return status.event_ids.mapped('kind')

    @staticmethod
    def _dt(text, tz='UTC'):
        moment = datetime.strptime(text, '%Y-%m-%d %H:%M')
        return timezone(tz).localize(moment).astimezone(utc).replace(tzinfo=None)
