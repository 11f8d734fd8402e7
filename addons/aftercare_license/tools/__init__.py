from . import hosts, keys, terms
