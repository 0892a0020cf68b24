#!/usr/bin/env bash
# mariadb-dump into a pipe, from which 7-Zip makes an AES-256 zip.
#   mariadb-dump-into-7zip.sh FOLDER
set -euo pipefail
mariadb-dump --defaults-file="$BENCH_MARIADB_OPTIONS" --single-transaction --quick --hex-blob \
  --default-character-set=utf8mb4 "$BENCH_MARIADB_DATABASE" |
  7z a -tzip -mem=AES256 -mx=1 -p"$BENCH_ARCHIVE_PASSWORD" -bd "$1/export.zip" -sidump.sql >/dev/null
