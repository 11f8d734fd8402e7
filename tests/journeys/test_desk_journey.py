"""What a helpdesk does besides answering: a chat becomes a ticket, goods come back, are paid back and are repaired, and a
colleague looks before a ticket is closed.
"""

from email.message import EmailMessage
from email.utils import make_msgid

import pytest

WRITER = 'noor@paper-boat.example'


@pytest.fixture(scope='module')
def story(aftercare):
    """What one step found out and a later one needs."""
    # The workshop writes to agents as whoever finishes the repair: here the administrator.
    aftercare.call('res.users', 'write', [2], {'email': 'admin@lotus-software.example'})
    return {}


def find_ticket(aftercare, *domain):
    """Return the newest ticket of a domain."""
    found = aftercare.call(
        'helpdesk.ticket',
        'search_read',
        list(domain),
        [
            'number',
            'name',
            'user_id',
            'partner_id',
            'stage_id',
            'closed',
            'description',
            'channel_id',
        ],
        order='id desc',
        limit=1,
    )
    assert found, f'no ticket of {domain}'
    return found[0]


def get_login(aftercare, user):
    return aftercare.call('res.users', 'read', [user[0]], ['login'])[0]['login']


def open_ticket(somebody, ticket_id):
    somebody.open(f'/odoo/helpdesk.ticket/{ticket_id}')
    somebody.page.wait_for_selector('.o_form_view .o_form_sheet')


def choose_action(page, action):
    page.click('.o_helpdesk_after_sales_toggler')
    page.click(f'.o_helpdesk_after_sales_menu [data-action={action}]')
    page.wait_for_selector('.modal .o_form_view')


def confirm(page, label):
    page.click(f'.modal footer button:has-text("{label}"):visible')


def test_1_chat_becomes_a_ticket(person, aftercare, story):
    [support] = aftercare.call(
        'helpdesk.ticket.team', 'search_read', [('use_livechat', '=', True)], ['id', 'name']
    )
    agent = person(width=1440)
    agent.sign_in('tom')
    agent.open('/odoo/discuss')
    agent.page.wait_for_selector('.o-mail-Discuss')
    visitor = person(width=390, height=844, lang='en-US', ip='62.23.10.9')
    visitor.open('/helpdesk')
    page = visitor.page
    page.click('.o-livechat-LivechatButton')
    page.fill('.o-mail-Composer-input', 'The invoice of my shop cannot be printed')
    page.press('.o-mail-Composer-input', 'Enter')
    page.wait_for_selector('.o-mail-Message:has-text("cannot be printed")')
    desk = agent.page
    desk.click('.o-mail-DiscussSidebarChannel:has-text("Visitor")')
    desk.fill(
        '.o-mail-Discuss .o-mail-Composer-input', 'Hello, which e-mail address may I write to?'
    )
    desk.press('.o-mail-Discuss .o-mail-Composer-input', 'Enter')
    page.wait_for_selector('.o-mail-Message:has-text("which e-mail address")')
    page.fill('.o-mail-Composer-input', f'I am {WRITER}')
    page.press('.o-mail-Composer-input', 'Enter')
    visitor.screenshot('desk-1-visitor-phone')
    desk.wait_for_selector(f'.o-mail-Message:has-text("{WRITER}")')
    agent.screenshot('desk-1-chat')
    desk.click('button[name=helpdesk-ticket]')
    desk.wait_for_selector('.o_form_view button[name=action_open_chats]')
    agent.screenshot('desk-1-ticket')
    ticket = find_ticket(aftercare, ('team_id', '=', support['id']))
    assert ticket['name'] == 'The invoice of my shop cannot be printed'
    assert 'which e-mail address' in ticket['description']
    assert get_login(aftercare, ticket['user_id']) == 'tom'
    page.wait_for_selector(f'.o-livechat-root >> text={ticket["number"]}')


def test_2_goods_come_back_and_are_paid_back(person, aftercare):
    ticket = find_ticket(aftercare, ('name', '=', '收银终端无法打印小票'))
    agent = person(width=1440)
    agent.sign_in('supervisor')
    page = agent.page
    open_ticket(agent, ticket['id'])
    choose_action(page, 'action_return')
    page.fill('.modal .o_field_widget[name=reason] input', 'Broken on arrival')
    agent.screenshot('desk-2-return')
    confirm(page, 'Create Return')
    page.wait_for_selector('.modal', state='detached')
    choose_action(page, 'action_refund')
    page.fill('.modal .o_field_widget[name=reason] input', 'The terminal came back')
    agent.screenshot('desk-2-refund')
    confirm(page, 'Create Credit Note')
    page.wait_for_selector('.modal', state='detached')
    page.click('.o_notebook .nav-link:has-text("After-Sales")')
    page.wait_for_selector('.o_helpdesk_result >> nth=1')
    agent.screenshot('desk-2-results')
    transfers = aftercare.call(
        'stock.picking', 'search_read', [('ticket_id', '=', ticket['id'])], ['state', 'return_id']
    )
    assert [bool(transfer['return_id']) for transfer in transfers] == [True]
    [note] = aftercare.call(
        'account.move',
        'search_read',
        [('ticket_id', '=', ticket['id'])],
        ['move_type', 'state', 'amount_total', 'reversed_entry_id'],
    )
    assert (note['move_type'], note['state']) == ('out_refund', 'draft')
    [invoice] = aftercare.call(
        'account.move', 'read', [note['reversed_entry_id'][0]], ['amount_total']
    )
    assert note['amount_total'] == invoice['amount_total']
    customer = person(width=390, height=844, lang='zh-CN')
    customer.sign_in('customer')
    customer.open(f'/my/ticket/{ticket["id"]}')
    customer.page.wait_for_selector('.o-mail-Message >> nth=1')
    customer.screenshot('desk-2-customer-phone', full_page=True)


def test_3_terminal_is_repaired(person, aftercare, story):
    ticket = find_ticket(aftercare, ('name', '=', '收银终端屏幕有亮线'))
    before = aftercare.call('repair.order', 'search', [('ticket_id', '=', ticket['id'])])
    agent = person(width=1440)
    agent.sign_in(get_login(aftercare, ticket['user_id']))
    page = agent.page
    open_ticket(agent, ticket['id'])
    choose_action(page, 'action_repair')
    page.click('.modal .o_field_widget[name=is_under_warranty] input')
    agent.screenshot('desk-3-repair')
    page.click('.modal footer button.btn-primary:visible')
    page.wait_for_selector('.modal', state='detached')
    [repair] = aftercare.call(
        'repair.order',
        'search_read',
        [('ticket_id', '=', ticket['id']), ('id', 'not in', before)],
        ['partner_id', 'product_id', 'lot_id', 'under_warranty', 'state'],
    )
    assert repair['partner_id'] == ticket['partner_id']
    assert repair['under_warranty']
    # the workshop finishes it, and the ticket knows
    aftercare.call('repair.order', 'action_validate', [repair['id']])
    aftercare.call('repair.order', 'action_repair_start', [repair['id']])
    aftercare.call('repair.order', 'action_repair_end', [repair['id']])
    page.reload()
    page.click('.o_notebook .nav-link[name=after_sales]')
    page.wait_for_selector('.o_helpdesk_result .text-bg-success')
    agent.screenshot('desk-3-repaired')


def test_4_mail_is_reviewed_before_it_is_closed(person, aftercare, story):
    letter = EmailMessage()
    letter['From'] = f'Noor Haddad <{WRITER}>'
    letter['To'] = 'billing@lotus.example'
    letter['Subject'] = 'My invoice shows the old address'
    letter['Message-Id'] = make_msgid(domain='paper-boat.example')
    letter.set_content('Please write 5 rue des Papetiers, Lyon.')
    [team] = aftercare.call(
        'helpdesk.ticket.team',
        'search_read',
        [('review_mode', '=', 'one')],
        ['user_ids', 'user_id'],
    )
    # what the alias of the team does, whatever the company's domain is called
    aftercare.call(
        'mail.thread',
        'message_process',
        'helpdesk.ticket',
        letter.as_string(),
        custom_values={'team_id': team['id']},
    )
    ticket = find_ticket(aftercare, ('name', '=', 'My invoice shows the old address'))
    assert ticket['partner_id'], 'the writer is a customer now'
    login = get_login(aftercare, ticket['user_id'])
    agent = person(width=1440)
    agent.sign_in(login)
    open_ticket(agent, ticket['id'])
    page = agent.page
    page.click('button.o-mail-Chatter-sendMessage')
    page.fill('.o-mail-Composer-input', 'It is corrected; here is the new invoice.')
    page.click('button.o-mail-Composer-send:not([disabled])')
    page.wait_for_selector('.o-mail-Message:has-text("It is corrected")')
    page.click('.o_statusbar_buttons button[name=action_resolve]:visible')
    page.wait_for_selector('[name=review_pending]')
    agent.screenshot('desk-4-asked')
    assert not find_ticket(aftercare, ('id', '=', ticket['id']))['closed']
    assert not page.locator('button[name=action_approve_review]:visible').count(), 'not his own'

    reviewer = person(width=1440)
    reviewer.sign_in('supervisor')
    open_ticket(reviewer, ticket['id'])
    page = reviewer.page
    reviewer.screenshot('desk-4-review')
    page.click('button[name=action_refuse_review]')
    page.fill('.modal .o_field_widget[name=comment] textarea', 'The new invoice is not attached.')
    page.click('.modal footer button.btn-primary:visible')
    page.wait_for_selector('[name=review_refused]')
    agent.page.reload()
    agent.page.click('.o_statusbar_buttons button[name=action_resolve]:visible')
    agent.page.wait_for_selector('[name=review_pending]')
    page.reload()
    page.click('button[name=action_approve_review]')
    page.click('.modal footer button.btn-primary:visible')
    page.wait_for_selector('.modal', state='detached')
    page.wait_for_function(
        "document.querySelector('.o_statusbar_status .o_arrow_button_current')?.innerText.match(/Done|Solved/)"
    )
    page.click('.o_notebook .nav-link[name=reviews]')
    reviewer.screenshot('desk-4-closed')
    assert find_ticket(aftercare, ('id', '=', ticket['id']))['closed']
    aftercare.send_mails()
    told = [mail for mail in aftercare.mails(WRITER) if ticket['number'] in mail['Subject']]
    assert told, 'the writer hears that it is closed'
    decisions = aftercare.call(
        'helpdesk.ticket.review', 'search_read', [('ticket_id', '=', ticket['id'])], ['decision']
    )
    assert sorted(row['decision'] for row in decisions) == [
        *('approved', 'asked', 'asked', 'refused')
    ]
