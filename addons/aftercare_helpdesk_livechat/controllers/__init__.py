from . import livechat, webclient
