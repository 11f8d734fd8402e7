from . import main, member_import, portal
