from . import (
    test_affiliate,
    test_booking,
    test_engine,
    test_link,
    test_portal,
    test_security,
    test_settlement,
    test_signal,
    test_statement,
)
