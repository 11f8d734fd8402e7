from . import license_api, portal, status
