# What opening the list, the kanban, the dashboard and a text search cost on the server.
# ruff: noqa: F821
user = env['res.users'].search([('login', '=', 'bench1')])
env = env(user=user)
Ticket = env['helpdesk.ticket']
opened = (
    [('stage_id.closed', '=', False)]
    if not Ticket._fields['closed'].store
    else [('closed', '=', False)]
)


def limit_of(view):
    from lxml import etree

    return int(etree.fromstring(view['arch']).get('count_limit') or 10000)


list_view = Ticket.get_view(view_type='list')
list_specification = specification_of(list_view, 'list')
kanban_view = Ticket.get_view(view_type='kanban')
kanban_specification = specification_of(kanban_view, 'kanban')
order = Ticket._order


def open_list():
    Ticket.web_search_read(
        [], list_specification, limit=80, order=order, count_limit=limit_of(list_view) + 1
    )


def open_kanban():
    Ticket.web_read_group(
        opened,
        ['stage_id'],
        ['__count'],
        auto_unfold=True,
        unfold_read_specification=kanban_specification,
        unfold_read_default_limit=40,
    )


def open_dashboard():
    Team = env['helpdesk.ticket.team']
    if 'helpdesk.desk' in env:
        env['helpdesk.desk'].get_data()
    else:
        Team.retrieve_dashboard()
        Team.search([]).read(
            [
                'todo_ticket_count',
                'todo_ticket_count_unassigned',
                'todo_ticket_count_unattended',
                'todo_ticket_count_high_priority',
            ]
        )


def search_text():
    # a word in a fifth of the tickets, and one that only a single ticket has
    for text in ('Printer offline', '00000100'):
        domain = ['|', ('name', 'ilike', text), ('number', 'ilike', text)]
        Ticket.web_search_read(
            domain, list_specification, limit=80, order=order, count_limit=limit_of(list_view) + 1
        )


for name, action in (
    ('list', open_list),
    ('kanban', open_kanban),
    ('dashboard', open_dashboard),
    ('search', search_text),
):
    ms, queries = median_ms(action)
    report(screen=name, ms=ms, queries=queries)
env.cr.rollback()
