#!/usr/bin/env bash
# Sends the API thousands of operations that schemathesis makes up from its schema, and fails if one of them is answered by a
# fault, or by an error without a code.
#   schemathesis.sh BINARY [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
binary=$1 seconds=${2:-120}
venv=target/schemathesis
version=4.32.5
if [ "$(cat "$venv/installed.txt" 2>/dev/null)" != "$version" ]; then
  scripts/need-packages.sh python3=python3 >&2
  python3 -c 'import ensurepip' 2>/dev/null || scripts/need-packages.sh python3-venv=python3-venv >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
  echo "$version" >"$venv/installed.txt"
fi
folder=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$folder"
}
trap stop EXIT
for variable in ${!CARRYALL_@} RUST_LOG; do unset "$variable"; done
# Limits that are not what is tried out here.
"$binary" serve --config /dev/null --demo --listen 127.0.0.1:0 --data-dir "$folder/data" \
  --limit requests-per-second=100000 >"$folder/out" 2>"$folder/log" &
server=$!
until url=$(sed -n 's/.*listening at \(http[^ ]*\).*/\1/p' "$folder/log") && [ -n "$url" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; server=; exit 1; }
  sleep 0.1
done
token=$(grep -o 'carryall_[A-Za-z0-9_-]*' "$folder/out" | head -1)
status=0
SCHEMATHESIS_HOOKS=tests.foreign.schemathesis_hooks PYTHONPATH=. "$venv/bin/schemathesis" run "$url/graphql" \
  --header "Authorization: Bearer $token" --checks every_error_is_handled --max-time "$seconds" --no-color || status=$?
if grep -E ' ERROR |panicked' "$folder/log" >&2; then
  echo 'the server has logged a fault' >&2
  status=1
fi
kill -0 "$server" || { echo 'the server has died' >&2; status=1; }
exit "$status"
