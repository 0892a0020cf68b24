#!/usr/bin/env bash
# Measures Carryall, and writes what it finds to bench/results.md:
#   run.sh [compare]        against what people use today, in turn, on the same data
#   run.sh compare PEER …   against these of bench/peers alone; printed only
#   run.sh memory           the memory it takes and its speed, as the data grow
#   run.sh threads          what each of its threads takes; printed only
#
# BENCH_SCALE  the size of the data: 1 is 1.17 GB of CSV (default 1)
# MEMORY_SCALES the sizes for `memory` (default "0.02 1 5"); a size that the disk has no room for is left out
# RUNS         how often each command runs (default 3)
# BENCH_DIR    where the data, the servers and all output are kept (default target/bench)
# CARRYALL_BIN the program to measure (default target/release/carryall)
set -euo pipefail
cd "$(dirname "$0")/.."
part=${1:-compare}
[ $# = 0 ] || shift
export BENCH_SCALE=${BENCH_SCALE:-1} RUNS=${RUNS:-3}
BENCH_DIR=$(realpath -m "${BENCH_DIR:-target/bench}")
CARRYALL_BIN=$(realpath "${CARRYALL_BIN:-target/release/carryall}")
export BENCH_DIR CARRYALL_BIN PYTHONPATH=$PWD/bench/data PYTHONDONTWRITEBYTECODE=1
# Debian keeps the programs of servers apart.
for folder in /usr/sbin /usr/lib/postgresql/*/bin; do PATH=$PATH:$folder; done

case $part in
  compare)
    engines=(postgres mariadb sqlite)
    [ $# = 0 ] || readarray -t engines < <(printf '%s\n' "${@%%-*}" | sort -u)
    data=("many $BENCH_SCALE")
    ;;
  memory)
    engines=(sqlite postgres)
    data=()
    export MEMORY_SCALES=${MEMORY_SCALES:-0.02 1 5}
    for scale in $MEMORY_SCALES; do data+=("many $scale"); done
    data+=("one $BENCH_SCALE")
    ;;
  threads)
    engines=(postgres)
    data=("many $BENCH_SCALE")
    ;;
  *)
    sed -n '2,6s/^# \?//p' "$0" >&2
    exit 2
    ;;
esac

python=$(bench/tools.sh | tail -1)
export BENCH_PYTHON=$python
for folder in /usr/lib/postgresql/*/bin; do PATH=$PATH:$folder; done
. bench/servers.sh

start_servers "${engines[@]}"

present=() loaded=
for set in "${data[@]}"; do
  status=0
  # shellcheck disable=SC2086
  run "$python" bench/data/load.py $set "${engines[@]}" || status=$?
  case $status in
    0) present+=("$set") ;;
    3) present+=("$set") loaded=1 ;;
    4) [ "$part" = memory ] || exit 1 ;;
    *) exit "$status" ;;
  esac
done
# So that nothing of the loading is still being written while we measure.
if [ -n "$loaded" ]; then
  stop_servers
  start_servers "${engines[@]}"
fi

case $part in
  compare) run "$python" bench/measure/compare.py "$@" ;;
  memory) run "$python" bench/measure/memory.py "${present[@]}" ;;
  threads) run "$python" bench/measure/threads.py postgres "$BENCH_SCALE" ;;
esac
