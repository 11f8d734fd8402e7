from . import hosts, keys
