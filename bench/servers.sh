# A private PostgreSQL and a private MariaDB, on free ports of the loopback, for as long as the script runs that sources this.
# One at a time uses BENCH_DIR, and however it ends, what it has started ends.
#
# Their data stay in BENCH_DIR for the next time. They run as the user of their package when we are root, since they
# refuse to run as root. The settings are those of a small server, without the syncs that loading does not need.
# shellcheck shell=bash

mkdir -p "$BENCH_DIR"
exec 9>"$BENCH_DIR/lock"
flock --nonblock 9 || {
  echo "Another run is using $BENCH_DIR" >&2
  exit 1
}

child=
trap 'ending=1; stop TERM "$child"; stop_servers' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# In the background, so that a signal is heard at once.
run() { # COMMAND …
  "$@" 9>&- &
  child=$!
  local status=0
  wait "$child" || status=$?
  child=
  return "$status"
}

export BENCH_POSTGRES_PID='' BENCH_MARIADB_PID=''
export BENCH_MARIADB_OPTIONS=$BENCH_DIR/mariadb.cnf
export PGHOST=127.0.0.1 PGUSER=bench PGTZ=UTC PGCLIENTENCODING=UTF8

start_servers() { # ENGINE …
  local engine
  for engine in "$@"; do
    case $engine in
      postgres) start_postgres ;;
      mariadb) start_mariadb ;;
    esac
  done
}

# By the pids of the processes that we started, and nothing else.
stop_servers() {
  # Another signal would end this in the middle.
  [ -z "${ending:-}" ] || trap '' INT TERM
  stop INT "$BENCH_POSTGRES_PID"
  stop TERM "$BENCH_MARIADB_PID"
  BENCH_POSTGRES_PID='' BENCH_MARIADB_PID=''
}

start_postgres() {
  local folder=$BENCH_DIR/postgres
  run_as postgres
  export PGPASSWORD
  if [ ! -e "$folder/complete" ]; then
    rm -rf "$folder" "$BENCH_DIR"/loaded/postgres-*
    PGPASSWORD=$(new_password)
    private_folder postgres "$folder"
    private_file postgres "$folder/password" "$PGPASSWORD"
    (cd / && "${as_user[@]}" initdb -D "$folder/data" -U bench -E UTF8 --locale=C.UTF-8 \
      --auth=scram-sha-256 --pwfile="$folder/password" >/dev/null)
    touch "$folder/complete"
  fi
  PGPASSWORD=$(cat "$folder/password")
  stop_left_over INT "$folder/data" postmaster.pid
  PGPORT=$(free_port)
  export PGPORT
  (cd / && exec "${as_user[@]}" postgres -D "$folder/data" -p "$PGPORT" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c shared_buffers=512MB -c work_mem=16MB -c maintenance_work_mem=128MB \
    -c max_wal_size=4GB -c wal_level=minimal -c max_wal_senders=0 -c fsync=off -c autovacuum=off -c timezone=UTC) \
    >"$BENCH_DIR/postgres.log" 2>&1 9>&- &
  BENCH_POSTGRES_PID=$!
  wait_until "$BENCH_POSTGRES_PID" "$BENCH_DIR/postgres.log" psql -qX -d postgres -c 'SELECT 1'
}

start_mariadb() {
  local folder=$BENCH_DIR/mariadb password port
  run_as mysql
  if [ ! -e "$folder/complete" ]; then
    rm -rf "$folder" "$BENCH_DIR"/loaded/mariadb-*
    password=$(new_password)
    private_folder mysql "$folder"
    private_file mysql "$folder/password" "$password"
    # The server runs it at each start.
    private_file mysql "$folder/start.sql" "CREATE USER IF NOT EXISTS bench@127.0.0.1 IDENTIFIED BY '$password';
GRANT ALL ON *.* TO bench@127.0.0.1;"
    (cd / && "${as_user[@]}" mariadb-install-db --no-defaults --datadir="$folder/data" \
      --auth-root-authentication-method=socket --skip-test-db >/dev/null)
    touch "$folder/complete"
  fi
  stop_left_over TERM "$folder/data" mariadb.pid
  port=$(free_port)
  (umask 077 && printf '[client]\nhost=127.0.0.1\nprotocol=tcp\nport=%s\nuser=bench\npassword=%s\n' \
    "$port" "$(cat "$folder/password")" >"$BENCH_MARIADB_OPTIONS")
  (cd / && exec "${as_user[@]}" mariadbd --no-defaults --datadir="$folder/data" --bind-address=127.0.0.1 --port="$port" \
    --socket="$folder/data/socket" --pid-file="$folder/data/mariadb.pid" --init-file="$folder/start.sql" \
    --innodb-buffer-pool-size=512M --innodb-log-file-size=1G --innodb-flush-log-at-trx-commit=0 \
    --innodb-flush-method=fsync --innodb-doublewrite=0 --skip-log-bin --local-infile=1 --max-allowed-packet=256M \
    --default-time-zone=+00:00 --sql-mode=STRICT_ALL_TABLES) \
    >"$BENCH_DIR/mariadb.log" 2>&1 9>&- &
  BENCH_MARIADB_PID=$!
  wait_until "$BENCH_MARIADB_PID" "$BENCH_DIR/mariadb.log" mariadb --defaults-file="$BENCH_MARIADB_OPTIONS" -e 'SELECT 1'
}

# Sets the array as_user to what makes a command run as this user.
run_as() { # USER
  as_user=()
  [ "$(id -u)" = 0 ] || return 0
  as_user=(setpriv "--reuid=$1" "--regid=$1" --init-groups)
  "${as_user[@]}" test -x "$BENCH_DIR" || {
    echo "The user $1 cannot enter $BENCH_DIR; set BENCH_DIR to a folder that everybody can reach" >&2
    exit 1
  }
}

private_folder() { # USER FOLDER
  mkdir -m 700 "$2"
  [ "$(id -u)" != 0 ] || chown "$1" "$2"
}

private_file() { # USER FILE CONTENT
  (umask 077 && printf '%s\n' "$3" >"$2")
  [ "$(id -u)" != 0 ] || chown "$1" "$2"
}

new_password() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

wait_until() { # PID LOG COMMAND …
  local pid=$1 log=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || {
      tail -5 "$log" >&2
      exit 1
    }
    sleep 0.2
  done
}

stop() { # SIGNAL PID
  [ -n "$2" ] || return 0
  kill "-$1" "$2" 2>/dev/null || true
  wait "$2" 2>/dev/null || true
}

# A server of these data that a run left behind when it was killed.
stop_left_over() { # SIGNAL FOLDER PIDFILE
  local pid
  pid=$(head -1 "$2/$3" 2>/dev/null) || return 0
  grep -qsF -- "$2" "/proc/$pid/cmdline" || return 0
  kill "-$1" "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
}
