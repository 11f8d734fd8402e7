from . import (
    ip_location,
    ip_location_source,
    res_config_settings,
    res_country,
    res_country_state,
    res_partner,
    service_region,
)
