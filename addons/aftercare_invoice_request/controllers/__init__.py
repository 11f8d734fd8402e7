from . import portal, portal_title
