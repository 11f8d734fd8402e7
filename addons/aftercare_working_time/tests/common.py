from datetime import datetime

from pytz import timezone, utc

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user


class WorkingTimeCommon(TransactionCase):
    """A company in Shanghai that works Monday to Friday, 9 to 12 and 13 to 18."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'tracking_disable': True, 'lang': 'en_US'})
        cls.env['res.lang']._activate_lang('en_US')
        cls.china = cls.env.ref('base.cn')
        cls.spain = cls.env.ref('base.es')
        cls.iran = cls.env.ref('base.ir')
        cls.company = cls.env['res.company'].create(
            {'name': "Cloud Vendor", 'country_id': cls.china.id}
        )
        cls.manager = new_test_user(
            cls.env,
            'working_time_manager',
            groups='aftercare_base.aftercare_base_group_manager',
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.employee = new_test_user(
            cls.env,
            'working_time_employee',
            groups='base.group_user',
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.calendar = cls._create_calendar("Shanghai", 'Asia/Shanghai', range(5))
        cls.company.resource_calendar_id = cls.calendar

    @classmethod
    def _create_calendar(cls, name, tz, weekdays, hours=((9, 12), (13, 18)), **values):
        return cls.env['resource.calendar'].create(
            {
                'name': name,
                'tz': tz,
                'company_id': cls.company.id,
                'attendance_ids': [
                    Command.create(
                        {
                            'name': f'{day} {start}',
                            'dayofweek': str(day),
                            'hour_from': start,
                            'hour_to': stop,
                            'day_period': 'morning' if stop <= 12 else 'afternoon',
                        }
                    )
                    for day in weekdays
                    for start, stop in hours
                ],
                **values,
            }
        )

    @classmethod
    def _create_makeup(cls, day, calendar=None, **values):
        calendar = cls.calendar if calendar is None else calendar
        return cls.env['resource.calendar.exception'].create(
            {
                'name': "Make-up",
                'date': day,
                'calendar_id': calendar.id,
                'company_id': cls.company.id,
                'dayofweek': '4',
                **values,
            }
        )

    @classmethod
    def _create_leave(cls, start, stop, calendar=None, **values):
        calendar = cls.calendar if calendar is None else calendar
        return cls.env['resource.calendar.leaves'].create(
            {
                'name': "Closed",
                'calendar_id': calendar.id,
                'date_from': cls._at(start),
                'date_to': cls._at(stop),
                **values,
            }
        )

    @classmethod
    def _at(cls, text, tz='Asia/Shanghai'):
        """A local time such as 2026-02-14 12:00 as naive UTC datetime."""
        return cls._aware(text, tz).astimezone(utc).replace(tzinfo=None)

    @classmethod
    def _aware(cls, text, tz='Asia/Shanghai'):
        return timezone(tz).localize(datetime.strptime(text, '%Y-%m-%d %H:%M'))
