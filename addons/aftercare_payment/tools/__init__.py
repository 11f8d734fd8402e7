from . import beijing, errors, rsa
