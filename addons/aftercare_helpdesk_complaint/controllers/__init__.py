from . import complaint, suggestion
