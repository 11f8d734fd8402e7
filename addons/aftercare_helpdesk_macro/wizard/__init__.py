from . import helpdesk_macro_apply
