from . import test_complaint, test_demo_texts, test_ticket_merge
