import json
import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

DAYS = 90
TICKETS = 150
PULSE = timedelta(hours=4)
COMMENT = 'mail.mt_comment'

_logger = logging.getLogger(__name__)


class AftercareDemo(models.AbstractModel):
    """Plays three months of tickets, each step at its own time."""

    _inherit = 'aftercare.demo'

    @api.model
    def _tell_story(self, dice, setup, members):
        """Register the members and play the tickets in the order of time.

        The clock is moved, so that deadlines, working hours and histories come out of the same
        code as in real life.
        """
        # only here: a development and test library that Odoo itself carries
        from freezegun import freeze_time

        now = fields.Datetime.now()
        start = now - timedelta(days=DAYS)
        steps = self._plan_members(dice, members, start)
        steps += self._plan_tickets(dice, setup, members, start, now)
        steps += self._plan_licenses(dice, setup, members, start, now)
        steps += self._plan_money(dice, setup, members, start, now)
        steps += self._plan_scheduled_actions(start, now)
        steps.sort(key=lambda step: step[0])
        days = -1
        with freeze_time(start, tick=False) as clock:
            for at, action, facts in steps:
                if at > now:
                    break
                if (at - start).days > days:
                    days = (at - start).days
                    _logger.info("the demo company, day %d of %d", days, DAYS)
                clock.move_to(at)
                # create_date and write_date are the transaction's time
                self.env.cr._now = at
                getattr(self, action)(facts)
                self.env.flush_all()
        self.env.cr._now = None

    # === PLAN === #
    @api.model
    def _plan_members(self, dice, members, start):
        steps = []
        for number, member in enumerate(members):
            # the first ones, and those who can sign in, were there before the first ticket
            is_early = number < 40 or member['login']
            at = start + timedelta(hours=number / 4 if is_early else dice.uniform(24, DAYS * 20))
            member['since'] = at
            steps.append((at, '_register_member', member))
        return steps

    @api.model
    def _plan_tickets(self, dice, setup, members, start, now):
        columns = ('type', 'priority', 'name', 'description')
        texts = {
            lang: self._read_rows(f'tickets_{lang}.txt', columns)
            for lang in ('zh_CN', 'en_US', 'es_ES', 'fa_IR')
        }
        replies = json.loads(self._read('replies.json'))
        stories = [(lang, text) for lang, rows in texts.items() for text in rows]
        dice.shuffle(stories)
        stories += dice.sample(stories, TICKETS - len(stories))
        by_lang = {lang: [m for m in members if self._speaks(m) == lang] for lang in texts}
        steps = []
        for number, (lang, text) in enumerate(stories):
            # every sixth in the last three days, the others over three months
            recent = number >= TICKETS * 5 / 6
            age = (
                dice.uniform(0.01, 3) if recent else 3 + 85 * (1 - number / TICKETS * 6 / 5) ** 1.2
            )
            at = now - timedelta(days=age)
            member = dice.choice([m for m in by_lang[lang] if m['since'] < at] or by_lang[lang][:1])
            at = max(at, member['since'] + timedelta(hours=1))
            ticket = {
                'text': text,
                'member': member,
                'team': self._find_team(setup, text['type']),
                'type': setup['types'][text['type']],
                'replies': {key: dice.choice(options) for key, options in replies[lang].items()},
                'rate': dice.choices((5, 3, 1), (78, 15, 7))[0],
                # not left to the dice, so that each of the ends is there whatever the day
                'is_unsolved': not recent and number % 25 == 12,
            }
            steps.append((at, '_open_ticket', ticket))
            steps += self._plan_ticket(dice, ticket, at, now)
        return steps

    @api.model
    def _speaks(self, member):
        lang = member['values']['lang']
        return 'zh_CN' if lang == 'zh_TW' else lang

    @api.model
    def _find_team(self, setup, key):
        return next(
            team for team in setup['teams'].values() if setup['types'][key] in team.type_ids
        )

    @api.model
    def _plan_ticket(self, dice, ticket, at, now):
        """Return the steps after the opening: answer, question, solution, rating."""

        def later(low, high):
            nonlocal clock
            clock = self.env.company.resource_calendar_id._plan_seconds(
                round(dice.uniform(low, high) * 3600), clock
            )
            return clock

        clock = at
        slow = dice.random() < 0.15
        steps = [(later(0.2, 2.5) if not slow else later(4.5, 9), '_answer_ticket', ticket)]
        if dice.random() < 0.45:
            steps.append((later(0.3, 3), '_ask_customer', ticket))
            steps.append((later(1, 8), '_customer_answers', ticket))
        if ticket['is_unsolved']:
            return [*steps, (later(2, 6), '_cancel_ticket', ticket)]
        if (now - at).days < 3 or dice.random() < 0.03:
            return steps
        steps.append((later(1, 10) if not slow else later(16, 40), '_solve_ticket', ticket))
        if dice.random() < 0.7:
            steps.append((later(0.5, 12), '_rate_ticket', ticket))
        return steps

    @api.model
    def _plan_scheduled_actions(self, start, now):
        count = int((now - start) / PULSE)
        steps = [
            (start + PULSE * number, '_run_scheduled_actions', None) for number in range(1, count)
        ]
        return [*steps, (now, '_run_scheduled_actions', None)]

    # === STEPS === #
    @api.model
    def _register_member(self, member):
        partner = self.env['res.partner'].create(member['values'])
        partner._register_member(member['ip'])
        member['partner'] = partner

    @api.model
    def _open_ticket(self, facts):
        partner = facts['member']['partner']
        channel = 'web' if partner.id % 3 else 'email'
        facts['ticket'] = self.env['helpdesk.ticket'].create(
            {
                'name': facts['text']['name'],
                'description': Markup('<p>%s</p>') % facts['text']['description'],
                'partner_id': partner.id,
                'partner_name': partner.name,
                'partner_email': partner.email,
                'team_id': facts['team'].id,
                'type_id': facts['type'].id,
                'priority': facts['text']['priority'],
                'channel_id': self.env.ref(f'helpdesk_mgmt.helpdesk_ticket_channel_{channel}').id,
            }
        )
        facts['ticket'].message_subscribe(partner.ids)

    @api.model
    def _answer_ticket(self, facts):
        ticket = facts['ticket']
        if not ticket.user_id:
            ticket.user_id = ticket.team_id.user_ids[ticket.id % len(ticket.team_id.user_ids)]
        self._move_ticket(
            ticket, [('closed', '=', False), ('unattended', '=', False), ('is_waiting', '=', False)]
        )
        self._post_as_agent(ticket, facts['replies']['ack'])

    @api.model
    def _ask_customer(self, facts):
        self._post_as_agent(facts['ticket'], facts['replies']['ask'])
        self._move_ticket(facts['ticket'], [('is_waiting', '=', True)])

    @api.model
    def _customer_answers(self, facts):
        self._post_as_customer(facts['ticket'], facts['replies']['answer'])

    @api.model
    def _solve_ticket(self, facts):
        self._post_as_agent(facts['ticket'], facts['replies']['solve'])
        self._move_ticket(facts['ticket'], [('closed', '=', True), ('is_cancelled', '=', False)])

    @api.model
    def _cancel_ticket(self, facts):
        """Each of the ways to end a ticket without solving it takes its turn."""
        stages = facts['ticket'].team_id._get_applicable_stages().filtered('is_cancelled')
        turn = self.env['helpdesk.ticket'].search_count([('stage_id', 'in', stages.ids)])
        self._move_ticket(facts['ticket'], [('id', '=', stages[turn % len(stages)].id)])

    @api.model
    def _rate_ticket(self, facts):
        ticket = facts['ticket']
        token = ticket._rating_get_access_token(partner=ticket.partner_id)
        ticket.rating_apply(facts['rate'], token=token, feedback=facts['replies']['rating'])

    @api.model
    def _run_scheduled_actions(self, _facts):
        """Do what the scheduled actions would have done, without their commits."""
        now = fields.Datetime.now()
        self.env['sla.status'].search([('next_check', '<', now)])._run_due_safely(now)
        self.env['notification.log'].search([('next_try', '<=', now)])._process()
        self._send_outgoing()

    @api.model
    def _send_outgoing(self):
        """Nothing leaves the demo company: mail counts as sent, SMS go to the log gateway."""
        mails = self.env['mail.mail'].search([('state', '=', 'outgoing')])
        if mails:
            mails.write({'state': 'sent'})
            mails._postprocess_sent_message(success_pids=mails.recipient_ids, success_emails=[])
        self.env['sms.sms'].search([('state', '=', 'outgoing')])._send()

    @api.model
    def _move_ticket(self, ticket, condition):
        stage = ticket.team_id._get_applicable_stages().filtered_domain(condition)[:1]
        ticket.with_user(ticket.user_id).stage_id = stage

    @api.model
    def _post_as_agent(self, ticket, text):
        ticket.with_user(ticket.user_id).message_post(
            body=text, message_type='comment', subtype_xmlid=COMMENT
        )

    @api.model
    def _post_as_customer(self, ticket, text):
        ticket.message_post(
            body=text,
            author_id=ticket.partner_id.id,
            message_type='email',
            subtype_xmlid=COMMENT,
        )
