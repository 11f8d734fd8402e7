from . import account_move_reversal, software_license_issue
