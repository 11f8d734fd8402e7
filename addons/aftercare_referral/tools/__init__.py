from . import chart, commission, identity, links, numbers
