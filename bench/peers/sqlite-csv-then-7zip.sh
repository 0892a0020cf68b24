#!/usr/bin/env bash
# sqlite3 writes each table to a CSV file, then 7-Zip makes one AES-256 zip of them. Blobs are written in hexadecimal,
# as sqlite3 cuts them off at the first zero byte otherwise.
#   sqlite-csv-then-7zip.sh FOLDER
set -euo pipefail
cd "$1"
for table in $BENCH_TABLES; do
  columns=$(sqlite3 -readonly "$BENCH_SQLITE" "SELECT group_concat(iif(type = 'blob', 'hex(' || name || ') AS ' || name, name))
                                               FROM pragma_table_info('$table')")
  sqlite3 -readonly -csv -header "$BENCH_SQLITE" "SELECT $columns FROM $table" >"$table.csv"
done
7z a -tzip -mem=AES256 -mx=1 -p"$BENCH_ARCHIVE_PASSWORD" -bd export.zip ./*.csv >/dev/null
rm ./*.csv
