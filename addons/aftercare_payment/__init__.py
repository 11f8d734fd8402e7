from . import const, controllers, models, tools
