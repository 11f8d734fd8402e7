from . import (
    invoice_source,
    payment_transaction,
    res_company,
    res_config_settings,
    wallet_account,
)
