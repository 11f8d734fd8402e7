import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    search_text = fields.Char(
        string="Number or Title", compute='_compute_search_text', search='_search_search_text'
    )

    # === INIT === #

    def init(self):
        """Index the pairs of characters of titles that are not written in Latin letters.

        A trigram index serves words of three letters and more. Most Chinese words have two.
        """
        super().init()
        if not self.pool.has_trigram:
            _logger.warning(
                "PostgreSQL has no extension pg_trgm: searching tickets by text reads all of them."
            )
        self.env.cr.execute(
            r"""
            CREATE OR REPLACE FUNCTION helpdesk_ticket_pairs(title text) RETURNS text[]
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                SELECT COALESCE(array_agg(DISTINCT pair), '{}')
                  FROM (SELECT substr(title, i, 2) AS pair
                          FROM generate_series(1, length(title) - 1) i) pairs
                 WHERE title ~ '[^\u0001-\u024f]' AND pair ~ '^[^\u0001-\u024f]{2}$'
            $$;
            CREATE INDEX IF NOT EXISTS helpdesk_ticket_pairs_idx
                ON helpdesk_ticket USING gin (helpdesk_ticket_pairs(name));
            """
        )

    # === SEARCH METHODS === #

    @api.model
    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        """Override of `base`: the few stages are put in order here, not joined to every ticket."""
        if list(groupby) != ['stage_id'] or order not in ('stage_id', 'stage_id ASC'):
            return super()._read_group(domain, groupby, aggregates, having, offset, limit, order)
        rows = super()._read_group(domain, groupby, aggregates, having)
        stages = self.env['helpdesk.ticket.stage'].union(*(row[0] for row in rows)).sorted()
        position = {stage: number for number, stage in enumerate(stages)}
        rows.sort(key=lambda row: position.get(row[0], len(position)))
        return rows[offset:][:limit]

    # === COMPUTE METHODS === #

    @api.depends('number', 'name')
    def _compute_search_text(self):
        for ticket in self:
            ticket.search_text = ticket.display_name

    def _search_search_text(self, operator, value):
        if operator != 'ilike' or not value:
            return NotImplemented
        domain = Domain('name', 'ilike', value)
        if len(value) == 2 and all(ord(character) > 0x24F for character in value):
            return domain & Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    'helpdesk_ticket_pairs(%s) @> %s',
                    model._field_to_sql(alias, 'name', query),
                    [value],
                )
            )
        return domain | Domain('number', 'ilike', value)
