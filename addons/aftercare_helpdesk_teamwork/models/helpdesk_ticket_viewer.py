from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

# The clients report every minute; two missed reports and nobody is there any more.
EXPIRY_SECONDS = 150


class HelpdeskTicketViewer(models.Model):
    """Somebody has a ticket on his screen at the moment."""

    _name = 'helpdesk.ticket.viewer'
    _description = "Ticket Viewer"
    _log_access = False

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, readonly=True, ondelete='cascade'
    )
    user_id = fields.Many2one(
        comodel_name='res.users', required=True, readonly=True, ondelete='cascade', index=True
    )
    is_writing = fields.Boolean(readonly=True)
    date = fields.Datetime(string="Last Seen", required=True, readonly=True, index=True)

    _user_unique = models.UniqueIndex('(ticket_id, user_id)')

    # === BUSINESS METHODS === #

    @api.model
    def _get_present(self, ticket_ids):
        """Return who has one of the tickets on the screen, as superuser."""
        since = fields.Datetime.now() - timedelta(seconds=EXPIRY_SECONDS)
        # sudo: helpdesk.ticket.viewer - for those only who may see the ticket
        return self.sudo().search_fetch(
            [('ticket_id', 'in', ticket_ids), ('date', '>=', since)],
            ['ticket_id', 'user_id', 'is_writing'],
            order='ticket_id, id',
        )

    @api.model
    def _enter(self, ticket, is_writing):
        """Note that the user has the ticket on the screen, and tell the others what has changed.

        Three queries as long as nothing changes.

        :return: list of dicts, see ``_prepare_viewers``
        """
        user = self.env.user
        present = self._get_present(ticket.ids)
        mine = present.filtered(lambda viewer: viewer.user_id == user)
        others = present - mine
        is_news = not mine or mine.is_writing != is_writing
        viewers = [
            *others._prepare_viewers(),
            {'id': user.id, 'name': user.name, 'is_writing': is_writing},
        ]
        self._report(ticket, is_writing)
        mine.invalidate_recordset(flush=False)
        if is_news:
            others.user_id._bus_send(
                'helpdesk.ticket/viewers', {'ticket_id': ticket.id, 'viewers': viewers}
            )
        return viewers

    @api.model
    def _report(self, ticket, is_writing):
        self.env.execute_query(
            SQL(
                """
                INSERT INTO helpdesk_ticket_viewer (ticket_id, user_id, is_writing, date)
                     VALUES (%s, %s, %s, %s)
                ON CONFLICT (ticket_id, user_id)
                  DO UPDATE SET is_writing = EXCLUDED.is_writing, date = EXCLUDED.date
                  RETURNING id
                """,
                ticket.id,
                self.env.uid,
                is_writing,
                fields.Datetime.now(),
            )
        )

    @api.model
    def _leave(self, user, ticket_ids=None):
        """Forget that a user has tickets on the screen, and tell the others.

        :param ticket_ids: ids of the tickets, None for all of them
        """
        left = self._forget(user, ticket_ids)
        if not left:
            return
        self.env['helpdesk.ticket.viewer'].invalidate_model(flush=False)
        present = self._get_present(left).grouped('ticket_id')
        for ticket in self.env['helpdesk.ticket'].browse(left):
            others = present.get(ticket, self.browse())
            # Also to himself: he may have it on another screen, which reports again then.
            (others.user_id | user)._bus_send(
                'helpdesk.ticket/viewers',
                {'ticket_id': ticket.id, 'viewers': others._prepare_viewers()},
            )

    @api.model
    def _forget(self, user, ticket_ids):
        """Delete a user's rows; return the ids of their tickets.

        A closing browser says so twice at once, by a request and by its lost connection: who comes
        second has nothing to do, and must not lose what else its transaction has done.
        """
        query = SQL(
            """
            DELETE FROM helpdesk_ticket_viewer WHERE id IN (
                SELECT id FROM helpdesk_ticket_viewer WHERE user_id = %s AND %s
                   FOR UPDATE SKIP LOCKED
            ) RETURNING ticket_id
            """,
            user.id,
            SQL('TRUE') if ticket_ids is None else SQL('ticket_id = ANY(%s)', ticket_ids),
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
                return [ticket_id for [ticket_id] in self.env.cr.fetchall()]
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            return []

    def _prepare_viewers(self):
        """Return what the screens show of those present."""
        return [
            {
                'id': viewer.user_id.id,
                'name': viewer.user_id.name,
                'is_writing': viewer.is_writing,
            }
            for viewer in self
        ]

    @api.autovacuum
    def _gc_viewers(self):
        """Forget whose browsers have died."""
        since = fields.Datetime.now() - timedelta(seconds=EXPIRY_SECONDS)
        self.search([('date', '<', since)]).unlink()
