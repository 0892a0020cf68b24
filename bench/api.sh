#!/usr/bin/env bash
# Measures the API of a server with a long history, over SQLite and over PostgreSQL, and writes what it finds to
# bench/results.md: api.sh
#   the dashboard's own query of the history, at a fixed rate, by oha
#   many subscriptions to one export that waits, and the memory that they take
#
# EXPORTS       completed exports in the history (default 10000)
# RATE          queries a second (default 200)
# SECONDS_EACH  for how long (default 30)
# SUBSCRIPTIONS WebSockets with a subscription each (default 1000)
# BENCH_DIR     where the servers and all output are kept (default target/bench)
# CARRYALL_BIN  the program to measure (default: target/release/carryall, built first)
#
# One client makes all requests here, which no client may by default: so requests-per-second, connections,
# connections-per-address, streams-per-token and subscriptions-per-token are raised for it. Nothing else is.
set -euo pipefail
cd "$(dirname "$0")/.."
oha_version=1.16.0
export EXPORTS=${EXPORTS:-10000} RATE=${RATE:-200} SECONDS_EACH=${SECONDS_EACH:-30} SUBSCRIPTIONS=${SUBSCRIPTIONS:-1000}
BENCH_DIR=$(realpath -m "${BENCH_DIR:-target/bench}")
if [ -z "${CARRYALL_BIN:-}" ]; then
  make build >&2
  CARRYALL_BIN=target/release/carryall
fi
CARRYALL_BIN=$(realpath "$CARRYALL_BIN")
export BENCH_DIR CARRYALL_BIN PYTHONPATH=$PWD/bench/data PYTHONDONTWRITEBYTECODE=1

python=$(bench/tools.sh | tail -1)
for folder in /usr/sbin /usr/lib/postgresql/*/bin; do PATH=$PATH:$folder; done
export OHA=$PWD/target/bench-tools/bin/oha
if [ "$("$OHA" --version 2>/dev/null)" != "oha $oha_version" ]; then
  cargo install --root target/bench-tools oha --version "$oha_version" --locked >&2
fi
# A thousand sockets, at both ends.
ulimit -n "$(ulimit -Hn)"

. bench/servers.sh
start_servers postgres
run "$python" bench/measure/api.py
