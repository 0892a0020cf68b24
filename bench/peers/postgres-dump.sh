#!/usr/bin/env bash
# pg_dump into a folder, two tables at a time, compressed at level 1, without a password.
#   postgres-dump.sh FOLDER
set -euo pipefail
exec pg_dump -Fd -j2 -Z1 -f "$1/dump"
