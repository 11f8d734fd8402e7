"""The demo company shows something worth looking at on every screen."""

import pytest

STAFF = ('supervisor', 'chen', 'li', 'wang', 'huang', 'laura', 'reza', 'tom')
CUSTOMERS = ('customer', 'ana', 'ali', 'emily')


def test_sixty_members_in_several_countries_know_their_agent(aftercare):
    members = aftercare.call(
        'res.partner', 'search_read', [('is_member', '=', True)], ['agent_id', 'country_id']
    )
    assert len(members) == 60
    assert all(member['agent_id'] for member in members)
    assert len({member['country_id'][0] for member in members}) >= 5


def test_150_tickets_are_in_every_state(aftercare):
    assert aftercare.call('helpdesk.ticket', 'search_count', []) >= 150
    stages = aftercare.call('helpdesk.ticket.stage', 'search_read', [], ['name'])
    for stage in stages:
        count = aftercare.call('helpdesk.ticket', 'search_count', [('stage_id', '=', stage['id'])])
        assert count, f'no ticket is {stage["name"]}'


@pytest.mark.parametrize('state', ['ongoing', 'reached', 'failed'])
def test_service_levels_are_met_and_missed(aftercare, state):
    assert aftercare.call('sla.status', 'search_count', [('state', '=', state)])


def test_customers_have_rated(aftercare):
    ratings = aftercare.call(
        'rating.rating', 'search_read', [('consumed', '=', True)], ['rating', 'feedback']
    )
    assert len({rating['rating'] for rating in ratings}) > 1


def test_visitors_have_chatted(aftercare):
    """With agents in several languages; the chats are over, and one has become a ticket."""
    chats = aftercare.call(
        'discuss.channel',
        'search_read',
        [('channel_type', '=', 'livechat')],
        ['livechat_end_dt', 'livechat_operator_id', 'helpdesk_ticket_id'],
    )
    ended = [chat for chat in chats if chat['livechat_end_dt']]
    assert len({chat['livechat_operator_id'][0] for chat in ended}) >= 4
    assert any(chat['helpdesk_ticket_id'] for chat in ended)


def test_everybody_reads_how_satisfied_customers_are(person):
    visitor = person(lang='en-US')
    visitor.open('/helpdesk/support/ratings')
    assert '%' in visitor.page.inner_text('main')


@pytest.mark.parametrize('login', ('admin', *STAFF, *CUSTOMERS))
def test_everybody_can_sign_in(person, login):
    person().sign_in(login)


def test_customers_read_the_teams_in_their_language(person):
    visitor = person(lang='zh-CN')
    visitor.sign_in('customer')
    visitor.open('/helpdesk')
    assert '技术支持' in visitor.page.inner_text('main')


def test_wallets_have_a_history(aftercare):
    kinds = aftercare.call('wallet.entry', 'search_read', [], ['kind'])
    assert {'topup', 'spend', 'bonus_grant', 'commission', 'adjust'} <= {k['kind'] for k in kinds}
    assert aftercare.call('wallet.operation', 'search_count', [('state', '=', 'to_approve')])
    latest = aftercare.call(
        'wallet.reconciliation', 'search_read', [], ['line_ids'], limit=1, order='id desc'
    )
    assert latest and not latest[0]['line_ids'], 'wallets, book and accounting agree'


@pytest.mark.parametrize('state', ['requested', 'approved', 'paid', 'rejected'])
def test_withdrawals_are_in_every_state(aftercare, state):
    assert aftercare.call('wallet.withdrawal', 'search_count', [('state', '=', state)])


def test_customers_bring_customers_who_bring_customers(aftercare):
    third = [('referrer_id.referrer_id', '!=', False)]
    assert aftercare.call('res.partner', 'search_count', third)


@pytest.mark.parametrize('state', ['held', 'due', 'paid', 'void'])
def test_commissions_are_in_every_state(aftercare, state):
    assert aftercare.call('referral.commission', 'search_count', [('state', '=', state)])


@pytest.mark.parametrize(
    'state',
    ['draft', 'submitted', 'approved', 'issued', 'delivered', 'rejected', 'cancelled', 'reversed'],
)
def test_requests_for_invoices_are_in_every_state(aftercare, state):
    assert aftercare.call('invoice.request', 'search_count', [('state', '=', state)])


@pytest.mark.parametrize('lang', ['zh_CN', 'zh_TW', 'es_ES', 'fa_IR'])
def test_levels_tell_their_benefits_in_every_language(aftercare, lang):
    def read(lang):
        return {
            level['benefits']
            for level in aftercare.call(
                'res.partner.grade',
                'search_read',
                [('benefits', '!=', False)],
                ['benefits'],
                context={'lang': lang},
            )
        }

    english = read('en_US')
    assert len(english) == 3
    assert not english & read(lang)
