from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import email_normalize, is_html_empty

# What people have said. The log of a ticket stays with the ticket.
CARRIED_TYPES = ('comment', 'email', 'email_outgoing', 'auto_comment')


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    merging_ids = fields.One2many(
        comodel_name='helpdesk.ticket.merging',
        inverse_name='source_id',
        string="Mergings",
        groups='helpdesk_mgmt.group_helpdesk_manager',
    )
    is_merged = fields.Boolean(compute='_compute_is_merged', compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends('duplicate_id', 'merging_ids.is_undone')
    def _compute_is_merged(self):
        for ticket in self:
            ticket.is_merged = bool(ticket.duplicate_id and ticket._get_merging())

    # === CONSTRAINT METHODS === #

    @api.constrains('duplicate_id')
    def _check_duplicate_id(self):
        """An answer is passed on from duplicate to original: it must arrive somewhere."""
        if self.sudo()._has_cycle('duplicate_id'):
            raise ValidationError(self.env._("A ticket cannot be a duplicate of itself."))

    # === ACTION METHODS === #

    def action_merge(self):
        """Open the dialog that merges the tickets into one."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Merge Tickets"),
            'res_model': 'helpdesk.ticket.merge',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_ticket_ids': self.ids},
        }

    def action_unmerge(self):
        """Take everything back that merging has carried over, as far as it is still there."""
        self.ensure_one()
        merging_sudo = self._get_merging()
        if not self.duplicate_id or not merging_sudo:
            raise UserError(self.env._("%(number)s is not merged.", number=self.number))
        target = self.duplicate_id
        (self | target).check_access('write')
        # sudo: mail.message, ir.attachment - they move between tickets the user may write to
        for records in (merging_sudo.message_ids, merging_sudo.attachment_ids):
            records.filtered(lambda record: record.res_id == target.id).write({'res_id': self.id})
        self._carry_belongings(target, self, merging_sudo.belongings or {})
        merging_sudo.is_undone = True
        self.duplicate_id = False
        if self.closed and merging_sudo.stage_id and not merging_sudo.stage_id.closed:
            self.stage_id = merging_sudo.stage_id
        self._message_log(
            body=self.env._(
                "Taken out of %(link)s again.", link=target._get_html_link(target.number)
            )
        )
        target._message_log(
            body=self.env._("%(link)s was taken out again.", link=self._get_html_link(self.number))
        )
        return True

    # === BUSINESS METHODS === #

    def _get_merging(self):
        """Return how the ticket was merged into the one it points at."""
        # sudo: helpdesk.ticket.merging - whoever may change the ticket may take it back
        return (
            self.sudo()
            .merging_ids.filtered(
                lambda merging: not merging.is_undone and merging.target_id == self.duplicate_id
            )
            .sorted('id')[-1:]
        )

    def _get_customer_keys(self):
        """Return who the tickets' customers are: tickets with one key have one customer."""
        return {
            ticket.commercial_partner_id.id or email_normalize(ticket.partner_email or '') or ''
            for ticket in self
        } - {''}

    def _get_splittable_messages(self):
        """Return what was said on the ticket, as far as the user may read it, oldest first."""
        return self.env['mail.message'].search(
            [
                ('model', '=', self._name),
                ('res_id', 'in', self.ids),
                ('message_type', 'in', CARRIED_TYPES),
            ],
            order='id',
        )

    def _merge_into(self, target, is_customer_told=False):
        """Carry the conversation of the tickets over to another one, and close them.

        Answers to them arrive in the target from now on, see ``_find_reply_target``.

        :param target: the ``helpdesk.ticket`` that goes on
        :param bool is_customer_told: write to the customers of the merged tickets
        :raises UserError: if these tickets cannot be merged
        """
        sources = self - target
        (sources | target).check_access('write')
        sources._check_mergeable(target)
        target._take_over_properties(sources)
        for source in sources:
            source._carry_over(target)
            if is_customer_told:
                source.message_post(
                    body=self.env._(
                        "We go on with your request in %(number)s “%(name)s”, where it belongs to.",
                        number=target.number,
                        name=target.name,
                    ),
                    partner_ids=source.partner_id.ids,
                    message_type='comment',
                    subtype_xmlid='mail.mt_comment',
                )
            stage = source.stage_id if source.closed else source._get_merge_stage()
            source.write({'duplicate_id': target.id, 'stage_id': stage.id})

    def _check_mergeable(self, target):
        if not self:
            raise UserError(self.env._("Choose at least two tickets."))
        if target.duplicate_id:
            raise UserError(
                self.env._(
                    "%(number)s is a duplicate itself. Merge into %(original)s instead.",
                    number=target.number,
                    original=target.duplicate_id.number,
                )
            )
        if merged := self.filtered('duplicate_id'):
            raise UserError(
                self.env._(
                    "%(numbers)s were merged before.", numbers=", ".join(merged.mapped('number'))
                )
            )
        if (self | target).company_id != target.company_id:
            raise UserError(self.env._("Tickets of different companies cannot be merged."))
        if homeless := self.filtered(lambda t: not t.closed and not t._get_merge_stage()):
            raise UserError(
                self.env._(
                    "The team %(team)s has no stage in which a ticket is closed.",
                    team=homeless[:1].team_id.name,
                )
            )

    def _get_merge_stage(self):
        """Return the stage a merged ticket ends in: that of duplicates, or a cancellation."""
        self.ensure_one()
        chosen = self.company_id.sudo().helpdesk_mgmt_duplicate_ticket_stage_id
        if chosen.closed:
            return chosen
        return self.team_id._find_stage(lambda stage: stage.is_cancelled) or (
            self.team_id._find_stage(lambda stage: stage.closed)
        )

    def _take_over_properties(self, sources):
        """Give the target what the merged tickets are known by: tags, copies, urgency."""
        carbon_copies = {}
        for ticket in sources | self:
            carbon_copies.update(self._mail_cc_sanitized_raw_dict(ticket.email_cc))
        self.write(
            {
                'tag_ids': [Command.link(tag.id) for tag in sources.tag_ids - self.tag_ids],
                'email_cc': ", ".join(carbon_copies.values()),
                'priority': max(ticket.priority or '0' for ticket in sources | self),
            }
        )
        waiting = sources.filtered(
            lambda ticket: ticket.reply_state == 'us' and ticket.waiting_since
        )
        if waiting and not self.closed:
            since = [*waiting.mapped('waiting_since'), self.waiting_since or fields.Datetime.now()]
            self._set_measures({'reply_state': 'us', 'waiting_since': min(since)})

    @api.model
    def _get_belonging_ids(self, ticket):
        """Return what hangs on a ticket: dict of model → ids, without what there is none of."""
        # sudo: the models of `_get_belongings` - they belong to a ticket the user may write to
        found = {
            model: self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search([(field, '=', ticket.id)])
            .ids
            for model, field in self._get_belongings().items()
        }
        return {model: ids for model, ids in found.items() if ids}

    @api.model
    def _carry_belongings(self, source, target, ids_by_model):
        """Hang on another ticket what still hangs on the first one."""
        fields_by_model = self._get_belongings()
        for model, ids in ids_by_model.items():
            # An addon may be gone since the tickets were merged.
            if field := fields_by_model.get(model):
                # sudo: the models of `_get_belongings` - as in `_get_belonging_ids`
                records = self.env[model].sudo().browse(ids).exists()
                records.filtered(lambda record, field=field: record[field] == source).write(
                    {field: target.id}
                )

    def _carry_over(self, target):
        """Move messages, attachments, followers and activities of the ticket to another one."""
        self.ensure_one()
        # sudo: mail.message, ir.attachment, mail.activity - they belong to a ticket the user may
        # write to, whoever wrote them
        source_sudo = self.sudo()
        messages = source_sudo.message_ids.filtered(
            lambda message: message.message_type in CARRIED_TYPES
        )
        attachments = source_sudo.env['ir.attachment'].search(
            [('res_model', '=', self._name), ('res_id', '=', self.id), ('res_field', '=', False)]
        )
        has_description = self._creation_subtype() in messages.subtype_id
        messages.write({'res_id': target.id})
        attachments.write({'res_id': target.id})
        source_sudo.activity_ids.filtered(lambda activity: not activity.automated).write(
            {'res_id': target.id}
        )
        belongings = self._get_belonging_ids(self)
        self._carry_belongings(self, target, belongings)
        target.message_subscribe((source_sudo.message_partner_ids | source_sudo.partner_id).ids)
        source_sudo.env['helpdesk.ticket.merging'].create(
            {
                'source_id': self.id,
                'target_id': target.id,
                'stage_id': self.stage_id.id,
                'message_ids': [Command.set(messages.ids)],
                'attachment_ids': [Command.set(attachments.ids)],
                'belongings': belongings,
            }
        )
        body = self.env._(
            "%(link)s “%(name)s” was merged into this ticket.",
            link=self._get_html_link(self.number),
            name=self.name,
        )
        if not has_description and not is_html_empty(self.description):
            body = Markup('%s<blockquote>%s</blockquote>') % (body, self.description)
        target._message_log(body=body)
        self._message_log(
            body=self.env._("Merged into %(link)s.", link=target._get_html_link(target.number))
        )

    def _raise_event(self, code, extra=None):
        """Override of `aftercare_helpdesk`: a merged ticket goes on elsewhere, it is not closed."""
        if code == 'ticket_closed':
            self = self.filtered(lambda ticket: not ticket.is_merged)
        return super()._raise_event(code, extra)
