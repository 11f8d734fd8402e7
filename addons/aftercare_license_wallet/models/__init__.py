from . import software_license
