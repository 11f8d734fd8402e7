"""What the measurements share.

Each measure_*.py beside this file is one measurement; command_bench.py finds them by name.
It is imported twice, where the results are shown and, on each side, where `env` is Odoo's:

    SIDES = ('upstream', 'suite')   upstream: helpdesk_mgmt alone; suite: all our addons
    SIZES = 'all'                   with every number of tickets, or only: 'first', 'middle', 'last'
    CROWDED = 'open: 50,000'        optional; name of a column measured with ten times the open tickets

    def prepare(env)                optional; once on each side before the first round, is committed
    def measure(env)                yields (name, {fact: number}); is rolled back
    def table(results)              lines of Markdown; results[name][side][size] = {fact: number}

A round calls `measure` on one side after the other; the medians of the rounds are shown. Whatever
depends on the machine belongs beside something measured in the same round: a statement, a reference.
"""

import statistics
import time

LABELS = {'upstream': 'helpdesk_mgmt alone', 'suite': 'suite'}


def median_ms(env, action, rounds=5, warm=1):
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
    return {'ms': statistics.median(times), 'queries': queries}


def as_agent(env):
    """Return the environment of an ordinary manager of the helpdesk."""
    return env(user=env['res.users'].search([('login', '=', 'bench1')]))


def header(*cells):
    """Return the two lines a Markdown table begins with."""
    return [f'| {" | ".join(cells)} |', '|---' * len(cells) + '|']
