from . import rsa2
