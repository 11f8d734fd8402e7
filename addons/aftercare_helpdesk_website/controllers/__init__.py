from . import attachment, form, main, portal
