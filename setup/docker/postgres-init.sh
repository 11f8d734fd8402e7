#!/bin/bash
# Run once by the postgres image in a new cluster. Odoo gets an ordinary role instead of the
# superuser, who keeps no password and so can only come in from inside the container.
set -euo pipefail

password=$(< "${POSTGRES_PASSWORD_FILE:-/run/secrets/db_password}")
psql=(psql -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}")

"${psql[@]}" -d postgres -v password="$password" <<'SQL'
CREATE ROLE odoo LOGIN CREATEDB PASSWORD :'password';
CREATE ROLE replica LOGIN REPLICATION PASSWORD :'password';
ALTER ROLE CURRENT_USER PASSWORD NULL;
SQL

# Every new database has what text search needs. Odoo indexes unaccent(), so it must be immutable,
# which only the superuser can say.
"${psql[@]}" -d template1 <<'SQL'
CREATE EXTENSION pg_trgm;
CREATE EXTENSION unaccent;
ALTER FUNCTION unaccent(text) IMMUTABLE;
SQL

echo 'host replication replica all scram-sha-256' >> "$PGDATA/pg_hba.conf"
