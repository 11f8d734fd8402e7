from . import main, member_import, portal, portal_family, portal_level
