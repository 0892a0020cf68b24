#!/usr/bin/env bash
# psql copies each table to a CSV file, then 7-Zip makes one AES-256 zip of them.
#   postgres-copy-then-7zip.sh FOLDER
set -euo pipefail
cd "$1"
for table in $BENCH_TABLES; do
  echo "\\copy (SELECT * FROM $table) TO '$table.csv' WITH (FORMAT csv, HEADER)"
done | psql -qX -v ON_ERROR_STOP=1
# The password of 7-Zip can only be an argument when there is nobody to ask; it is not the databases' one.
7z a -tzip -mem=AES256 -mx=1 -p"$BENCH_ARCHIVE_PASSWORD" -bd export.zip ./*.csv >/dev/null
rm ./*.csv
