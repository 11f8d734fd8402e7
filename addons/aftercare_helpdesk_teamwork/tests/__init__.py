from . import (
    test_assistance,
    test_handover,
    test_portal,
    test_reply,
    test_tour,
    test_transfer,
    test_viewers,
    test_viewers_at_once,
)
