from . import test_link, test_merge, test_split
