from . import (
    test_access,
    test_assignment,
    test_concurrency,
    test_desk,
    test_gateway,
    test_helpdesk_ticket,
    test_measures,
    test_notification,
    test_rating,
    test_routes,
    test_team,
    test_tour,
)
