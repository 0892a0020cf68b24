#!/usr/bin/env bash
# psql copies each table to a CSV file, two tables at a time, the largest first. No compression, no password: about what
# there is to gain at most.
#   postgres-copy-two-at-a-time.sh FOLDER
set -euo pipefail
cd "$1"
psql -qXAt -c "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
               ORDER BY pg_total_relation_size(oid) DESC" |
  xargs -P 2 -I TABLE psql -qX -c "\\copy (SELECT * FROM TABLE) TO 'TABLE.csv' WITH (FORMAT csv, HEADER)"
