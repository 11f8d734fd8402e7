from . import test_demo_texts, test_ticket_merge
