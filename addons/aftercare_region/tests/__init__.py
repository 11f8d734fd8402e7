from . import (
    test_build_ip_table,
    test_ip_files,
    test_ip_location,
    test_ip_location_source,
    test_ip_table,
    test_request_ip,
    test_res_country,
    test_res_partner,
    test_security,
    test_service_region,
    test_service_region_finder,
)
