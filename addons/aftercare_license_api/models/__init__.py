from . import (
    license_api,
    license_api_counter,
    license_api_installation,
    license_api_release,
    license_api_status,
    license_signing_key,
    res_config_settings,
    software_license,
    software_license_domain,
    software_release,
)
