from . import (
    test_concurrency,
    test_invoice_request,
    test_invoice_source,
    test_invoice_title,
    test_issue,
    test_notification,
    test_overdue,
    test_portal,
    test_portal_title,
    test_reversal,
    test_security,
    test_tax_number,
)
