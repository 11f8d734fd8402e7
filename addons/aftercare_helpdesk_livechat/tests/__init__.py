from . import (
    test_canned_response,
    test_concurrency,
    test_customer,
    test_queue,
    test_routing,
    test_team,
    test_ticket,
    test_tour,
    test_transfer,
)
