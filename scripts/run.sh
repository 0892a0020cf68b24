#!/usr/bin/env bash
# Starts the server with the demo source, shows the main job by examples/first-export.sh, and serves until interrupted.
#   run.sh [--once] BINARY ADDRESS:PORT [DATA_DIR]
# With --once it stops after the first export, and keeps nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
once=
[ "$1" != --once ] || { once=1; shift; }
binary=$1 listen=$2
folder=$(mktemp -d)
data=${3:-$folder/data}
server=
stop() {
  # Another signal would end this in the middle.
  trap '' INT TERM
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$folder"
}
trap stop EXIT
trap 'echo; exit 0' INT
trap 'exit 143' TERM

scripts/need-packages.sh curl=curl 7z=p7zip-full
# What is set for another server is not for this one.
for variable in ${!CARRYALL_@} RUST_LOG; do unset "$variable"; done
mkdir -p "$data" && chmod 700 "$data"

"$binary" serve --config /dev/null --demo --listen "$listen" --data-dir "$data" 2> >(tee "$folder/log" >&2) &
server=$!
until url=$(sed -n 's/.*listening at \(http[^ ]*\).*/\1/p' "$folder/log" 2>/dev/null) && [ -n "$url" ]; do
  kill -0 "$server" 2>/dev/null || { server=; exit 1; }
  sleep 0.1
done

# The token of this script, made beside the running server, and kept for the next time.
token_file=$data/make-run.token
works() {
  [ -s "$token_file" ] && printf 'header = "Authorization: Bearer %s"\n' "$(cat "$token_file")" |
    curl --silent --fail --output /dev/null --config - --header 'Content-Type: application/json' \
      --data '{"query": "{ viewer { name } }"}' "$url/graphql"
}
works || (umask 077 && "$binary" token create --name "make run" --role ADMIN --config /dev/null --data-dir "$data" >"$token_file")

CARRYALL_URL=$url CARRYALL_TOKEN=$(cat "$token_file") examples/first-export.sh "$folder"

[ -z "$once" ] || exit 0
printf '\nThe Data Exports page, with a token that is kept in %s: %s/#token=%s\nThe server runs until you press Ctrl-C.\n' \
  "$token_file" "$url" "$(cat "$token_file")"
wait "$server"
