from . import test_macro, test_template, test_tour
