from . import (
    test_complaint,
    test_concerned,
    test_portal_complaint,
    test_suggestion,
    test_suggestion_page,
    test_vote_concurrency,
)
