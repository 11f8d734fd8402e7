"""Starts Odoo's command line. (`python -m odoo` would kill the gevent child of a multi-worker server.)"""

import odoo.cli

odoo.cli.main()
