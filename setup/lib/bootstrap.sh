#!/bin/sh
# Finds (or, as root, installs) a Python that Odoo 19 accepts, then hands over to main.py.
here=$(cd "$(dirname "$0")" && pwd)

usable() { "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if usable "$candidate"; then command -v "$candidate"; return 0; fi
    done
    return 1
}

if ! python=$(find_python); then
    packages="python3 python3-venv ca-certificates"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "aftercare: apt-get install $packages" >&2
        { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages; } >&2 || {
            echo "aftercare: could not install Python; install it with: apt-get install $packages" >&2; exit 1; }
        python=$(find_python) || { echo "aftercare: Python 3.11 to 3.13 is needed, this system has $(python3 --version 2>&1)." >&2; exit 1; }
    else
        echo "aftercare: Python 3.11 to 3.13 with venv is needed. Type: sudo apt-get install $packages" >&2
        exit 1
    fi
fi
exec "$python" "$here/main.py" "$@"
