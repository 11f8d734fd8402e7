#!/bin/bash
# backup.sh nightly             a backup every day at BACKUP_TIME
# backup.sh now                 one backup
# backup.sh restore FILE NAME   a dump of /backups into a new database
#
# /backups/NAME-DATE.dump   the database, in PostgreSQL's custom format, decoded once as a check
# /backups/filestore/       the attachments of all these dumps; named by their content, only added to
set -euo pipefail

to=${BACKUPS:-/backups}
name=${DB_NAME:-aftercare}
from=${DATA_DIR:-/var/lib/odoo}/filestore/$name
secret=${SECRETS_DIR:-/run/secrets}/db_password
[ ! -f "$secret" ] || export PGPASSWORD=$(< "$secret")

say() { echo "$(date '+%F %T') backup: $*"; }

list() { (cd "$1" && find . -path ./checklist -prune -o -type f -print | LC_ALL=C sort); }

# Copies the attachments that are not there yet, and checks that each is what its name says.
copy_files() {
    [ -d "$from" ] || return 0
    mkdir -p "$to/filestore"
    rm -rf "$to/.new" && mkdir "$to/.new"
    LC_ALL=C comm -23 <(list "$from") <(list "$to/filestore") |
        tar -C "$from" --ignore-failed-read -cf - -T - | tar -C "$to/.new" -xf -
    bad=$(cd "$to/.new" && find . -type f -exec sha1sum {} + |
        awk '{ n = split($2, part, "/"); if (part[n] != $1) print $2 }')
    if [ -n "$bad" ]; then
        say "these attachments are damaged:" $bad
        return 1
    fi
    cp -al "$to/.new/." "$to/filestore/"
    rm -rf "$to/.new"
}

# Says which attachments the database names and the backup does not have.
check_files() {
    mkdir -p "$to/filestore"
    missing=$(LC_ALL=C comm -23 \
        <(psql -Atq -d "$name" -c "SELECT DISTINCT './' || store_fname FROM ir_attachment
            WHERE store_fname IS NOT NULL" | LC_ALL=C sort) <(list "$to/filestore"))
    [ -z "$missing" ] || say "note: the file store lacks" $missing
}

backup() {
    file=$to/$name-$(date +%Y%m%d-%H%M%S).dump
    mkdir -p "$to"
    rm -f "$to"/*.part
    # before and after the dump, so that no file it names is missed
    copy_files
    pg_dump -Fc -d "$name" -f "$file.part"
    copy_files
    pg_restore -f /dev/null "$file.part"
    check_files
    mv "$file.part" "$file"
    find "$to" -maxdepth 1 -name "$name-*.dump" -mtime "+${BACKUP_KEEP:-14}" -delete
    say "$file, $(du -h "$file" | cut -f1), filestore $(du -sh "$to/filestore" | cut -f1)"
}

restore() {
    [ -f "$to/$1" ] || { say "there is no $to/$1"; exit 1; }
    createdb -T template1 "$2"
    pg_restore -d "$2" --exit-on-error --no-owner --no-comments -j 2 "$to/$1"
    say "database $2 restored; its attachments are in $to/filestore"
}

case ${1:-} in
    nightly)
        while :; do
            next=$(date -d "today ${BACKUP_TIME:-02:30}" +%s)
            [ "$next" -gt "$(date +%s)" ] || next=$(date -d "tomorrow ${BACKUP_TIME:-02:30}" +%s)
            sleep $((next - $(date +%s)))
            "$BASH" "$0" now || say "FAILED; the backups of the days before are still there"
        done
        ;;
    now) backup ;;
    restore) restore "${2:?the name of the dump}" "${3:?the name of the new database}" ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
