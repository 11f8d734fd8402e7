from . import invoice_request_issue, invoice_request_reject, invoice_request_reverse
