from . import software_license_operation
