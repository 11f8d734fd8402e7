import json

from odoo import api, models
from odoo.fields import Command


class AftercareDemo(models.AbstractModel):
    """Asks customers for what a team needs to know, and lets them complain and suggest."""

    _inherit = 'aftercare.demo'

    @api.model
    def _set_up_fields(self, setup, facts):
        """Give a team the extra fields of its form, and say when each is asked."""
        team = setup['teams'][facts['fields']['team']]
        team.ticket_properties = facts['fields']['definition']
        rules = {rule.property_name: rule for rule in team.property_rule_ids}
        for name, values in facts['fields']['rules'].items():
            rule, values = rules[name], dict(values)
            if condition := values.pop('only_if', None):
                other = rules[condition['field']]
                options = other.option_ids.filtered(
                    lambda option, keys=condition['values']: option.key in keys
                )
                values |= {
                    'condition_rule_id': other.id,
                    'condition_option_ids': [Command.set(options.ids)],
                }
            rule.write(values)

    @api.model
    def _let_customers_speak(self, setup):
        """One complaint is open, one is answered; suggestions wait for votes and decisions."""
        facts = json.loads(self._read('helpdesk.json'))
        kinds = {
            kind: self.env.ref(f'aftercare_helpdesk_complaint.helpdesk_ticket_type_{kind}')
            for kind in ('complaint', 'suggestion')
        }
        team = setup['teams']['support']
        team.type_ids += kinds['complaint'] | kinds['suggestion']
        kinds['complaint'].complaint_officer_id = setup['supervisor']
        self._complain(team, kinds['complaint'], facts)
        self._suggest(team, kinds['suggestion'], facts)

    @api.model
    def _complain(self, team, kind, facts):
        handled = self.env['helpdesk.ticket'].search(
            [
                ('team_id', '=', team.id),
                ('closed', '=', True),
                ('user_id', '!=', False),
                ('partner_id.lang', '=', 'zh_CN'),
            ],
            order='id desc',
            limit=len(facts['complaints']),
        )
        for ticket, row in zip(handled, facts['complaints'], strict=True):
            complaint = self.env['helpdesk.ticket'].create(
                {
                    'team_id': team.id,
                    'type_id': kind.id,
                    'partner_id': ticket.partner_id.id,
                    'name': row['title'],
                    'description': row['text'],
                    'complaint_ticket_id': ticket.id,
                    'complaint_cause_id': self.env.ref(
                        f'aftercare_helpdesk_complaint.helpdesk_complaint_cause_{row["cause"]}'
                    ).id,
                }
            )
            if answer := row.get('answer'):
                complaint.write(answer)
                complaint.action_resolve()

    @api.model
    def _suggest(self, team, kind, facts):
        voters = self.env['res.users'].search([('share', '=', True), ('active', '=', True)])
        for row in facts['suggestions']:
            author = voters.filtered(lambda user, row=row: user.login == row['author'])
            ticket = self.env['helpdesk.ticket'].create(
                {
                    'team_id': team.id,
                    'type_id': kind.id,
                    'partner_id': author.partner_id.id,
                    'name': row['title'],
                    'description': row['text'],
                }
            )
            ticket.write(
                {
                    'suggestion_public_title': row['title'],
                    'suggestion_public_text': row['text'],
                    'suggestion_is_public': True,
                    'suggestion_state': row['decision'],
                }
            )
            for login in row['voters']:
                ticket._vote(voters.filtered(lambda user, login=login: user.login == login))
