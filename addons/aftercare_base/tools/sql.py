from odoo.tools import SQL


def int_array(ids):
    """Return integers as SQL of one constant, of the type ``int[]``.

    psycopg2 writes a list as an expression of as many constants: with hundreds of them,
    PostgreSQL takes longer to read the statement than to answer it.

    :raise TypeError, ValueError: when one is no integer
    """
    return SQL('%s::int[]', f'{{{",".join(str(int(id_)) for id_ in ids)}}}')
