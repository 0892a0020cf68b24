#!/usr/bin/env bash
# pg_dump into a folder, two tables at a time, compressed at level 1, then wrapped into an AES-256 zip by 7-Zip.
#   postgres-dump-then-7zip.sh FOLDER
set -euo pipefail
cd "$1"
pg_dump -Fd -j2 -Z1 -f dump
7z a -tzip -mem=AES256 -mx=0 -p"$BENCH_ARCHIVE_PASSWORD" -bd export.zip dump >/dev/null
rm -r dump
