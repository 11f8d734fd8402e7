"""Check-ins: who asked, counted in the memory of a worker and written in batches.

An answer never waits for them: they are written after it is sent, at most once in some seconds,
in a transaction of their own. A worker that is killed loses what it has counted since then.
"""

import atexit
import json
import logging
import threading
import time

import psycopg2

from odoo.sql_db import db_connect

_logger = logging.getLogger(__name__)

MAX_ENTRIES = 10_000
MAX_INSTALLATIONS = 100  # of one licence, so that a key that got around fills no disk
TOUCH_SECONDS = 3600

_SQL_COUNTS = """
    INSERT INTO software_license_checkin (license_id, date, code, count)
    SELECT entry.license_id, entry.date, entry.code, entry.count
      FROM json_to_recordset(%s)
           AS entry(license_id int, date date, code varchar, count int)
      JOIN software_license ON software_license.id = entry.license_id
  ORDER BY entry.license_id, entry.date, entry.code
        ON CONFLICT (license_id, date, code)
        DO UPDATE SET count = software_license_checkin.count + EXCLUDED.count
"""
_SQL_INSTALLATIONS = """
    INSERT INTO software_license_installation AS known
           (license_id, instance_id, fingerprint, host, version, platform, first_seen, last_seen,
            check_count, active)
    SELECT entry.license_id, entry.instance_id, entry.fingerprint, entry.host, entry.version,
           entry.platform, entry.seen, entry.seen, entry.count, TRUE
      FROM json_to_recordset(%s)
           AS entry(license_id int, instance_id varchar, fingerprint varchar, host varchar,
                    version varchar, platform varchar, seen timestamp, count int)
      JOIN software_license ON software_license.id = entry.license_id
     WHERE (SELECT count(*) FROM software_license_installation other
             WHERE other.license_id = entry.license_id) < %s
        OR EXISTS (SELECT FROM software_license_installation other
                    WHERE other.license_id = entry.license_id
                      AND other.instance_id = entry.instance_id)
  ORDER BY entry.license_id, entry.instance_id
        ON CONFLICT (license_id, instance_id)
        DO UPDATE SET fingerprint = COALESCE(EXCLUDED.fingerprint, known.fingerprint),
                      host = COALESCE(EXCLUDED.host, known.host),
                      version = COALESCE(EXCLUDED.version, known.version),
                      platform = COALESCE(EXCLUDED.platform, known.platform),
                      last_seen = GREATEST(known.last_seen, EXCLUDED.last_seen),
                      check_count = COALESCE(known.check_count, 0) + EXCLUDED.check_count
"""
# Whoever works on a licence has it locked: then it is touched an hour later.
_SQL_TOUCH = """
    UPDATE software_license
       SET last_validated_at = %(now)s,
           validation_count = GREATEST(
               software_license.validation_count,
               (SELECT sum(count) FROM software_license_checkin checkin
                 WHERE checkin.license_id = software_license.id))
      FROM (SELECT id FROM software_license
             WHERE id = ANY(%(ids)s)
               AND (last_validated_at IS NULL OR last_validated_at < %(before)s)
          ORDER BY id
               FOR UPDATE SKIP LOCKED) AS due
     WHERE software_license.id = due.id
"""


class Buffer:
    """What a worker has counted for one database and not written yet."""

    def __init__(self, max_entries=MAX_ENTRIES):
        self.max_entries = max_entries
        self.written_at = 0.0
        self._counts = {}
        self._installations = {}
        self._lock = threading.Lock()

    def __bool__(self):
        return bool(self._counts)

    def add(self, license_id, code, now, installation=None):
        """Count one answer.

        :param str code: of the verdict
        :param float now: seconds since the epoch
        :param dict installation: instance_id, fingerprint, host, version, platform
        """
        day = time.strftime('%Y-%m-%d', time.gmtime(now))
        with self._lock:
            entry = (license_id, day, code)
            if entry in self._counts or len(self._counts) < self.max_entries:
                self._counts[entry] = self._counts.get(entry, 0) + 1
            if installation:
                self._add_installation((license_id, installation['instance_id']), installation, now)

    def is_due(self, seconds, now):
        """Tell whether it is time to write; at once when it has been quiet for long."""
        return bool(self) and (
            abs(now - self.written_at) >= seconds or len(self._counts) >= self.max_entries
        )

    def write(self, cr, now):
        """Write everything; what can not be written is kept for the next time.

        :param cr: a cursor of its own, which the caller commits
        """
        with self._lock:
            counts, self._counts = self._counts, {}
            installations, self._installations = self._installations, {}
            self.written_at = now
        try:
            _write(cr, counts, installations, now)
        except psycopg2.Error as error:
            _logger.warning("Check-ins of licences are written later: %s", error)
            cr.rollback()
            self._take_back(counts, installations)

    def clear(self):
        with self._lock:
            self._counts, self._installations = {}, {}

    def _add_installation(self, entry, installation, now):
        known = self._installations.get(entry)
        if known or len(self._installations) < self.max_entries:
            count = known['count'] if known else 0
            seen = time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now))
            self._installations[entry] = installation | {'seen': seen, 'count': count + 1}

    def _take_back(self, counts, installations):
        with self._lock:
            for entry, count in counts.items():
                if entry in self._counts or len(self._counts) < self.max_entries:
                    self._counts[entry] = self._counts.get(entry, 0) + count
            for entry, installation in installations.items():
                if len(self._installations) < self.max_entries:
                    self._installations.setdefault(entry, installation)


_buffers = {}


def get_buffer(dbname):
    """Return the buffer of a database in this worker."""
    return _buffers.setdefault(dbname, Buffer())


def set_read_committed(cr):
    """Make counting in a row that others count in wait for them, rather than fail.

    Does nothing inside a transaction that has begun, which is what tests work in.
    """
    if cr._cnx.get_transaction_status() == psycopg2.extensions.TRANSACTION_STATUS_IDLE:
        cr.execute('SET TRANSACTION ISOLATION LEVEL READ COMMITTED')


def _write(cr, counts, installations, now):
    set_read_committed(cr)
    rows = [
        {'license_id': license_id, 'date': day, 'code': code, 'count': count}
        for (license_id, day, code), count in counts.items()
    ]
    cr.execute(_SQL_COUNTS, [json.dumps(rows)])
    if installations:
        rows = [{'license_id': entry[0]} | each for entry, each in installations.items()]
        cr.execute(_SQL_INSTALLATIONS, [json.dumps(rows), MAX_INSTALLATIONS])
    cr.execute(
        _SQL_TOUCH,
        {
            'ids': [license_id for license_id, _day, _code in counts],
            'now': _format(now),
            'before': _format(now - TOUCH_SECONDS),
        },
    )


def _format(now):
    return time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now))


@atexit.register
def _write_all():
    """Write what is left when a worker ends; best effort."""
    for dbname, buffer in _buffers.items():
        if buffer:
            try:
                with db_connect(dbname).cursor() as cr:
                    buffer.write(cr, time.time())
            except Exception:
                _logger.info("Check-ins of licences in %s are lost.", dbname)
