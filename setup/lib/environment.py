"""What every command needs: PostgreSQL running, programs on the PATH, the configuration written."""

import databases
import postgres
import tools
from console import exclusive


def prepare(odoo_identity):
    """Return the Databases of this checkout, with everything they need in place."""
    with exclusive():
        pg = postgres.connection()
        tools.ensure()
        databases.write_conf(pg)
    return databases.Databases(odoo_identity, pg)
