"""Starts Odoo with a clock of its own, for journeys that depend on the day of the week.

AFTERCARE_CLOCK is the UTC time at which the server's clock starts; it runs on from there.
"""

import os

if clock := os.environ.get('AFTERCARE_CLOCK'):
    import freezegun

    # before Odoo is imported, so that all of it sees the moved clock
    freezegun.freeze_time(clock, tick=True).start()

import datetime

import odoo.cli
import odoo.sql_db

if clock:

    def _now(self):
        """The transaction's time, which PostgreSQL would take from the real clock."""
        if self._now is None:
            self._now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        return self._now

    odoo.sql_db.Cursor.now = _now

odoo.cli.main()
