from datetime import datetime, timedelta, timezone

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.checkins import set_read_committed

KEEP = timedelta(days=1)


class LicenseApiCounter(models.Model):
    """What all workers count together: unknown keys of a network, activations of a key."""

    _name = 'license.api.counter'
    _description = 'Licence API Counter'
    _order = 'blocked_until desc NULLS LAST, started_at desc, id desc'
    _rec_name = 'bucket'
    _auto = False
    _log_access = False

    bucket = fields.Char(string="Counted", readonly=True, required=True)
    hits = fields.Integer(readonly=True)
    started_at = fields.Datetime(string="Counting Since", readonly=True)
    blocked_until = fields.Datetime(readonly=True)

    def init(self):
        # Counts may be lost in a crash and need not reach a replica.
        self.env.cr.execute("""
            CREATE UNLOGGED TABLE IF NOT EXISTS license_api_counter (
                id serial PRIMARY KEY,
                bucket varchar NOT NULL UNIQUE,
                hits integer NOT NULL,
                started_at timestamp NOT NULL,
                blocked_until timestamp
            )
        """)

    # === ACTION METHODS === #
    def action_unblock(self):
        """Forget what was counted, so that the network may ask again."""
        self.check_access('unlink')
        self.unlink()

    # === BUSINESS METHODS === #
    @api.model
    def _hit(self, bucket, limit, now, block_seconds=0):
        """Count a hit, in a transaction of its own.

        :param str bucket: what is counted
        :param limit: :class:`limits.Limit`
        :param float now: seconds since the epoch
        :param int block_seconds: how long whoever goes over the limit is shut out; 0: until the
            window is over
        :return: 0, or in how many seconds to come again
        """
        moment = datetime.fromtimestamp(now, timezone.utc).replace(tzinfo=None)
        opened = moment - timedelta(seconds=limit.seconds)
        if self.env.cr.readonly:
            # Nothing more is read in this snapshot, and two transactions are not kept open.
            self.env.cr.rollback()
        with self.env.registry.cursor() as cr:
            set_read_committed(cr)
            cr.execute(
                SQL(
                    """
                    INSERT INTO license_api_counter AS counter (bucket, hits, started_at)
                         VALUES (%(bucket)s, 1, %(now)s)
                    ON CONFLICT (bucket) DO UPDATE
                            SET hits = CASE WHEN counter.started_at <= %(opened)s THEN 1
                                            ELSE counter.hits + 1 END,
                                started_at = CASE WHEN counter.started_at <= %(opened)s THEN %(now)s
                                                  ELSE counter.started_at END,
                                blocked_until = CASE
                                    WHEN counter.blocked_until > %(now)s THEN counter.blocked_until
                                    WHEN counter.started_at > %(opened)s AND counter.hits >= %(hits)s
                                    THEN GREATEST(%(blocked)s, counter.started_at + %(window)s)
                                    END
                      RETURNING blocked_until
                    """,
                    bucket=bucket,
                    now=moment,
                    opened=opened,
                    hits=limit.hits,
                    blocked=moment + timedelta(seconds=block_seconds),
                    window=timedelta(seconds=limit.seconds),
                )
            )
            blocked_until = cr.fetchone()[0]
        if not blocked_until or blocked_until <= moment:
            return 0
        return max(1, round((blocked_until - moment).total_seconds()))

    @api.autovacuum
    def _gc_counters(self):
        """Forget what no limit counts any more."""
        limit = fields.Datetime.now() - KEEP
        self.env.execute_query(
            SQL(
                """
                DELETE FROM license_api_counter
                      WHERE started_at < %(limit)s
                        AND (blocked_until IS NULL OR blocked_until < %(limit)s)
                  RETURNING id
                """,
                limit=limit,
            )
        )
