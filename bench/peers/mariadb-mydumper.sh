#!/usr/bin/env bash
# mydumper into a folder, two tables at a time, compressed, without a password.
#   mariadb-mydumper.sh FOLDER
set -euo pipefail
exec mydumper --defaults-file="$BENCH_MARIADB_OPTIONS" --database="$BENCH_MARIADB_DATABASE" --threads=2 --compress \
  --outputdir="$1/dump"
