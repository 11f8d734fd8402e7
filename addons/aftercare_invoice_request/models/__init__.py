from . import invoice_source_mixin  # account.move is built on it

# isort: split
from . import (
    account_move,
    account_partial_reconcile,
    invoice_request,
    invoice_request_flow,
    invoice_request_issue,
    invoice_request_line,
    invoice_request_notification,
    invoice_request_reversal,
    invoice_source,
    invoice_title,
    payment_transaction,
    res_company,
    res_config_settings,
    res_partner,
)
