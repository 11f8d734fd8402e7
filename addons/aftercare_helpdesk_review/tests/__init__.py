from . import test_bypass, test_concurrency, test_portal, test_review, test_team
