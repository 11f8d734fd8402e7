from . import software_license_issue
