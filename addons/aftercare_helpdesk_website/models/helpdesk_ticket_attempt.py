from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.constants import GC_UNLINK_LIMIT

WINDOW = timedelta(hours=1)
# Trials that failed a check are cheap to serve, so that a person who mends mistakes is not shut out
TRIALS_PER_TICKET = 6
KEEP_DAYS = 7


class HelpdeskTicketAttempt(models.Model):
    """One use of a public ticket form: what the rate limits count."""

    _name = 'helpdesk.ticket.attempt'
    _description = "Ticket Form Attempt"
    _order = 'date desc, id desc'
    _rec_name = 'ip'

    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True, index=True)
    ip = fields.Char(string="IP Address", readonly=True)
    email = fields.Char(readonly=True)
    is_account = fields.Boolean(
        string="Signed In", readonly=True, help="The sender was signed in to the portal."
    )
    is_accepted = fields.Boolean(
        string="Accepted", readonly=True, help="A ticket came of it; otherwise a check refused it."
    )
    team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team',
        ondelete='cascade',
        index='btree_not_null',
        readonly=True,
    )

    _ip_date_idx = models.Index('(ip, date)')
    _email_date_idx = models.Index('(email, date)')

    # === BUSINESS METHODS === #

    @api.model
    def _is_over_limit(self, ip, email, is_account=False):
        """Tell whether a sender has used the forms too often within the last hour.

        Everything is counted in the database, so that all workers count together. A signed-in
        customer is counted by account alone: a whole company may share one IP address, and
        nobody can use up the limit of a member by typing the member's address.

        :param str ip: the visitor's address
        :param str email: normalized, empty when not given
        """
        get_param = self.env['ir.config_parameter'].sudo().get_param
        recent = Domain('is_account', '=', is_account) & Domain(
            'date', '>', fields.Datetime.now() - WINDOW
        )
        senders = [('email', email)] if is_account else [('email', email), ('ip', ip)]
        for field_name, value in senders:
            limit = int(get_param(f'aftercare_helpdesk_website.tickets_per_{field_name}', 0))
            if not limit or not value:
                continue
            # sudo: helpdesk.ticket.attempt - visitors never read the trials of others
            groups = self.sudo()._read_group(
                recent & Domain(field_name, '=', value), ['is_accepted'], ['__count']
            )
            counts = dict(groups)
            if counts.get(True, 0) >= limit or sum(counts.values()) >= limit * TRIALS_PER_TICKET:
                return True
        return False

    @api.autovacuum
    def _gc_attempts(self):
        """Forget addresses once no limit counts them any more."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.sudo().search([('date', '<', limit)], limit=GC_UNLINK_LIMIT).unlink()
