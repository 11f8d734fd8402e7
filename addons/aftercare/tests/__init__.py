from . import test_demo_texts
