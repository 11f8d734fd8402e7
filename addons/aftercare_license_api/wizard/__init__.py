from . import software_license_verification
