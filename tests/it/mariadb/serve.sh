#!/bin/sh
# Serves a new MariaDB from FOLDER, which must be empty, until stdin is closed; then ends it and removes the folder.
#   serve.sh FOLDER PORT [OPTION …]
set -eu
PATH=$PATH:/usr/sbin
folder=$1 port=$2
shift 2
as=
if [ "$(id -u)" = 0 ]; then
  # MariaDB refuses to run as root.
  chown mysql "$folder"
  as='setpriv --reuid mysql --regid mysql --clear-groups'
fi
server=
stop() {
  [ -z "$server" ] || { kill -KILL "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
exec >"$folder/log" 2>&1
cd "$folder"
$as mariadb-install-db --no-defaults --datadir="$folder/data" --skip-test-db \
  --auth-root-authentication-method=normal </dev/null
echo "DELETE FROM mysql.global_priv WHERE user = 'root' AND host <> 'localhost'; FLUSH PRIVILEGES" >init.sql
# Nothing here must outlive a power cut.
$as mariadbd --no-defaults --datadir="$folder/data" --socket="$folder/socket" --port="$port" --bind-address=127.0.0.1 \
  --skip-name-resolve --init-file="$folder/init.sql" --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 \
  --innodb-buffer-pool-size=64M --max-allowed-packet=256M --character-set-server=utf8mb4 "$@" &
server=$!
# A line never comes.
read -r _ || true
