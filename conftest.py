"""Makes pytest as strict as the suite needs it, on top of pytest-odoo.

- a test class runs only from the module that defines it, not from those that import it;
- a skipped test fails the run: a test that did not run proves nothing;
- an ERROR or CRITICAL line in the log fails the test that caused it;
- what Odoo remembers is kept from test to test, unless a test has changed it;
- a slow machine fails nothing: what Odoo's own tests wait for may take some times longer.
"""

import logging
import sys

import pytest

PATIENCE = 5
REQUEST_SECONDS = 12  # what Odoo gives a request of a test


class _Errors(logging.Handler):
    def __init__(self):
        super().__init__(logging.ERROR)
        self.records = []

    def emit(self, record):
        self.records.append(record)


class _Caches:
    """Keeps what Odoo remembers, such as compiled pages, from one test to the next.

    Odoo forgets everything after each test, and takes a third of the time to read it again. Here
    is forgotten what a test has invalidated, after it, and what any test or the set-up of a class
    has, after the class: then the database is as it was before.
    """

    def __init__(self):
        self.registry = None
        self.changed_by_test, self.changed_by_class = set(), set()

    def install(self, registry_module):
        Registry, every = registry_module.Registry, set(registry_module._CACHES_BY_KEY)
        self.clear = clear = Registry.clear_cache

        def clear_and_note(registry, *names):
            self.registry = registry
            self.changed_by_test.update(names or ['default'])
            clear(registry, *names)

        def clear_changed(registry):
            if sys._getframe(1).f_globals['__name__'].startswith('odoo.addons.'):
                clear_and_note(registry, *every)
                return
            self.end_test()

        Registry.clear_cache = clear_and_note
        Registry.clear_all_caches = clear_changed

    def end_test(self):
        self._forget(self.changed_by_test)
        self.changed_by_class |= self.changed_by_test
        self.changed_by_test.clear()

    def end_class(self):
        self.end_test()
        self._forget(self.changed_by_class)
        self.changed_by_class.clear()

    def _forget(self, names):
        if names:
            self.clear(self.registry, *names)
            self.registry.cache_invalidated.clear()


_errors = _Errors()
_caches = _Caches()


def pytest_configure(config):
    logging.getLogger().addHandler(_errors)


def pytest_collection_finish(session):
    """Wait longer for requests and browsers than Odoo does; a quick machine does not notice."""
    common = sys.modules.get('odoo.tests.common')
    if not common:
        return
    common.BaseCase.test_cursor_lock_timeout *= PATIENCE
    for method in (common.HttpCase.url_open, common.HttpCase.make_jsonrpc_request):
        method.__defaults__ = tuple(
            value * PATIENCE if value == REQUEST_SECONDS else value for value in method.__defaults__
        )
    start = common.ChromeBrowser.__init__

    def start_patiently(browser, *args, **kwargs):
        start(browser, *args, **kwargs)
        browser.throttling_factor = PATIENCE

    common.ChromeBrowser.__init__ = start_patiently
    _caches.install(sys.modules['odoo.orm.registry'])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item, nextitem):
    yield
    if not nextitem or nextitem.cls is not item.cls:
        _caches.end_class()


def pytest_pycollect_makeitem(collector, name, obj):
    if isinstance(obj, type) and getattr(obj, '__module__', None) != collector.obj.__name__:
        return []
    return None


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    if call.when == 'setup':
        item.errors_logged = len(_errors.records)
    outcome = yield
    report = outcome.get_result()
    if call.when == 'call' and report.passed and not hasattr(item.obj, 'logs_errors'):
        logged = _errors.records[getattr(item, 'errors_logged', 0) :]
        if logged:
            report.outcome = 'failed'
            report.longrepr = 'logged an error:\n' + '\n'.join(
                f'{record.name}: {record.getMessage()}' for record in logged
            )
    if report.skipped:
        report.outcome = 'failed'
        report.longrepr = f'skipped, which proves nothing: {report.longrepr}'
