from . import identity, levels
