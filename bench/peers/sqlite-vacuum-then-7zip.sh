#!/usr/bin/env bash
# sqlite3 makes a consistent copy of the database, then 7-Zip makes an AES-256 zip of it.
#   sqlite-vacuum-then-7zip.sh FOLDER
set -euo pipefail
cd "$1"
sqlite3 -readonly "$BENCH_SQLITE" "VACUUM INTO 'copy.sqlite'"
7z a -tzip -mem=AES256 -mx=1 -p"$BENCH_ARCHIVE_PASSWORD" -bd export.zip copy.sqlite >/dev/null
rm copy.sqlite
