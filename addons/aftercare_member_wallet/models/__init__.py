from . import member_welcome_bonus, res_company, res_config_settings, res_partner
