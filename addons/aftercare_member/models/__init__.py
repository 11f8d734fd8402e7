from . import (
    mail_template,
    member_external_ref,
    member_import,
    member_import_engine,
    member_import_line,
    member_import_parser,
    res_config_settings,
    res_partner,
    res_users,
    service_agent,
)
