"""What opening the list, the kanban, the desk and a text search cost on the server."""

import json

from common import LABELS, as_agent, header, median_ms

SIDES = ('upstream', 'suite')
SIZES = 'all'
CROWDED = '1,000,000, of which 50,000 are open'
LABEL = {
    'list': 'list, a page of 80',
    'kanban': 'kanban, 40 cards a column',
    'desk': 'desk (upstream: dashboard of teams)',
    'search_common': 'search for words a fifth of the tickets have',
    'search_rare': 'search for a number only one ticket has',
}


def specification_of(env, view_type):
    """Return what the web client asks for: the fields of the view, relations with their name."""
    from lxml import etree

    Ticket = env['helpdesk.ticket']
    arch = etree.fromstring(Ticket.get_view(view_type=view_type)['arch'])
    names = {
        node.get('name')
        for node in arch.iter('field')
        if not any(
            parent.tag in ('list', 'form', 'kanban') and parent is not arch
            for parent in node.iterancestors()
        )
    }
    specification = {
        name: {'fields': {'display_name': {}}} if Ticket._fields[name].type == 'many2one' else {}
        for name in names & set(Ticket._fields)
    }
    node = arch.find('progressbar')
    bar = node is not None and {
        'field': node.get('field'),
        'colors': json.loads(node.get('colors')),
    }
    return specification, int(arch.get('count_limit') or 10000), bar


def measure(env):
    env = as_agent(env)
    Ticket = env['helpdesk.ticket']
    is_open = [('closed' if Ticket._fields['closed'].store else 'stage_id.closed', '=', False)]
    list_fields, count_limit, _bar = specification_of(env, 'list')
    kanban_fields, _limit, bar = specification_of(env, 'kanban')

    def search(domain):
        return Ticket.web_search_read(
            domain, list_fields, limit=80, order=Ticket._order, count_limit=count_limit + 1
        )

    def open_kanban():
        Ticket.web_read_group(
            is_open,
            ['stage_id'],
            ['__count'],
            auto_unfold=True,
            unfold_read_specification=kanban_fields,
            unfold_read_default_limit=40,
        )
        if bar:
            # the coloured bar on top of each column
            Ticket.read_progress_bar(is_open, 'stage_id', bar)

    def open_desk():
        if 'helpdesk.desk' in env:
            return env['helpdesk.desk'].get_data()
        names = ('', '_unassigned', '_unattended', '_high_priority')
        env['helpdesk.ticket.team'].retrieve_dashboard()
        return (
            env['helpdesk.ticket.team']
            .search([])
            .read([f'todo_ticket_count{name}' for name in names])
        )

    def search_text(text):
        if 'search_text' in Ticket._fields:
            domain = [('search_text', 'ilike', text)]
        else:
            domain = ['|', ('name', 'ilike', text), ('number', 'ilike', text)]
        return search(domain)

    yield 'list', median_ms(env, lambda: search([]))
    yield 'kanban', median_ms(env, open_kanban)
    yield 'desk', median_ms(env, open_desk)
    yield 'search_common', median_ms(env, lambda: search_text('Printer offline'))
    yield 'search_rare', median_ms(env, lambda: search_text('HT00000100'))


def table(results):
    lines = []
    sizes = [size for size in next(iter(results.values()))['suite'] if size != CROWDED]
    lines += header(
        'ms (queries)', '', *(f'{int(size):,}' for size in sizes), 'growth', 'goal', CROWDED
    )
    for name, sides in results.items():
        for side, rows in sides.items():
            cells = [_show(rows[size]) for size in sizes]
            cells.append(_compare(rows[sizes[-1]], rows[sizes[0]]))
            cells.append('1.3×' if side == 'suite' else '')
            if CROWDED in rows:
                cells.append(f'{_show(rows[CROWDED])}: {_compare(rows[CROWDED], rows[sizes[0]])}')
            lines.append(f'| {LABEL[name]} | {LABELS[side]} | {" | ".join(cells)} |')
    return lines


def _show(row):
    return f'{row["ms"]:.0f} ({row["queries"]})'


def _compare(row, other):
    return f'{row["ms"] / other["ms"]:.1f}×'
