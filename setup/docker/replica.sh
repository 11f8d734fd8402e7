#!/bin/bash
# A streaming standby of `db`: copied at the first start, then followed.
set -euo pipefail

if [ "$(id -u)" = 0 ]; then
    install -d -o postgres -g postgres -m 700 "$PGDATA"
    exec gosu postgres bash "$0" "$@"
fi

PGPASSWORD=$(< /run/secrets/db_password)
export PGPASSWORD

if [ ! -f "$PGDATA/.copied" ]; then
    # an interrupted copy is begun anew
    find "$PGDATA" -mindepth 1 -delete
    pg_basebackup -h "${PRIMARY_HOST:-db}" -p "${PRIMARY_PORT:-5432}" -U replica \
        -D "$PGDATA" -X stream -R --checkpoint=fast
    touch "$PGDATA/.copied"
fi
exec postgres \
    -c max_connections="${MAX_CONNECTIONS:-150}" \
    -c shared_buffers="${SHARED_BUFFERS:-128MB}" \
    -c hot_standby_feedback=on \
    -c jit=off \
    "$@"
