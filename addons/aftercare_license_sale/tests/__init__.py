from . import (
    test_import,
    test_invoice,
    test_issue,
    test_portal_renew,
    test_renewal,
    test_sales_volume,
)
