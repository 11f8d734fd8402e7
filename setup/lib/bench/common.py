# Put before each measurement and run by `odoo shell`, which gives `env`.
# ruff: noqa: F821
import json
import statistics
import time


def report(**facts):
    print('RESULT ' + json.dumps(facts), flush=True)


def median_ms(action, rounds=7, warm=2):
    """Return the median time of an action in milliseconds, and its number of queries."""
    times, queries = [], 0
    for number in range(warm + rounds):
        env.invalidate_all()
        before = env.cr.sql_log_count
        start = time.perf_counter()
        action()
        elapsed = time.perf_counter() - start
        queries = env.cr.sql_log_count - before
        if number >= warm:
            times.append(elapsed * 1000)
    return statistics.median(times), queries


def specification_of(view, view_type):
    """Return what the web client asks for: the fields of the view, relations with their name."""
    from lxml import etree

    arch = etree.fromstring(view['arch'])
    names = {
        node.get('name')
        for node in arch.iter('field')
        if not any(
            parent.tag in ('list', 'form', 'kanban') and parent is not arch
            for parent in node.iterancestors()
        )
    }
    specification = {}
    fields = env['helpdesk.ticket']._fields
    for name in names & set(fields):
        relational = fields[name].type == 'many2one'
        specification[name] = {'fields': {'display_name': {}}} if relational else {}
    return specification
