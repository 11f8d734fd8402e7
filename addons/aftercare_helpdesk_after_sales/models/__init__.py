from . import helpdesk_after_sales_document, helpdesk_ticket
