from odoo import models
from odoo.addons.aftercare_base.tools.sql import int_array
from odoo.addons.rating.models import rating_data
from odoo.fields import Datetime
from odoo.tools import SQL

# Like core: in a chat nobody has written in for so long, nobody waits any more.
IDLE_MINUTES = 15


class ServiceAgent(models.Model):
    _inherit = 'service.agent'

    # === BUSINESS METHODS === #

    def _get_open_counts(self):
        """Override of `aftercare_agent`: add the chats that go on, in one query."""
        counts = super()._get_open_counts()
        for agent_id, count in self._get_chat_counts().items():
            counts[agent_id] = counts.get(agent_id, 0) + count
        return counts

    def _get_load(self, kind):
        """Override of `aftercare_agent`: what counts for a chat are chats."""
        return self._get_chat_counts() if kind == 'chats' else super()._get_load(kind)

    def _get_chat_counts(self):
        """Return ``{agent id: number of chats that go on}``."""
        # Plain SQL, because capacity counts all chats, also those the reader must not see.
        self.env['discuss.channel'].flush_model(
            ['channel_type', 'livechat_end_dt', 'last_interest_dt']
        )
        self.env['discuss.channel.member'].flush_model(['channel_id', 'partner_id'])
        self.env['im_livechat.channel.member.history'].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id, count(*)
                  FROM discuss_channel c
                  JOIN im_livechat_channel_member_history h
                    ON h.channel_id = c.id AND h.livechat_member_type = 'agent'
                  JOIN discuss_channel_member m ON m.id = h.member_id
                  JOIN res_users u ON u.partner_id = m.partner_id
                  JOIN service_agent a ON a.user_id = u.id
                 WHERE c.channel_type = 'livechat' AND c.livechat_end_dt IS NULL
                   AND c.last_interest_dt >= %s AND a.id = ANY(%s)
                 GROUP BY a.id
                """,
                Datetime.subtract(Datetime.now(), minutes=IDLE_MINUTES),
                int_array(self.ids),
            )
        )
        return {**dict.fromkeys(self.ids, 0), **dict(rows)}

    def _on_presence_change(self, previous):
        """Override of `aftercare_agent`: who comes serves the queue, who leaves hands over."""
        result = super()._on_presence_change(previous)
        Chat = self.env['discuss.channel']
        gone = self.filtered(lambda agent: agent.presence == 'offline')
        Chat._hand_over_chats(gone)
        if self.filtered(lambda agent: agent.presence == 'available'):
            Chat._serve_queues()
        elif self:
            Chat._refresh_queues()
        return result

    def _get_rating_stats(self):
        """Override of `aftercare_helpdesk`: add what visitors said of the agents' chats."""
        stats = super()._get_rating_stats()
        since = Datetime.subtract(Datetime.now(), days=30)
        # sudo: rating.rating - averages only
        for partner, total, count in (
            self.env['rating.rating']
            .sudo()
            ._read_group(
                [
                    ('res_model', '=', 'discuss.channel'),
                    ('consumed', '=', True),
                    ('rated_on', '>=', since),
                    ('rating', '>=', rating_data.RATING_LIMIT_MIN),
                    ('rated_partner_id', 'in', self.partner_id.ids),
                ],
                ['rated_partner_id'],
                ['rating:sum', '__count'],
            )
        ):
            average, known = stats.get(partner, (0, 0))
            stats[partner] = ((average * known + total) / (known + count), known + count)
        return stats
