from . import license_signing_key
