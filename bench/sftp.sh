#!/usr/bin/env bash
# Sets uploads to a private OpenSSH beside those of `rclone copyto`, in turns: sftp.sh [MIB] [ROUNDS]
# Prints the seconds of wall time and of the client's own CPU time of each. rclone does not verify by reading back.
# What it needs is installed by scripts/test-tools.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
mib=${1:-1024} rounds=${2:-3}
rclone=$(dirname "$(scripts/test-tools.sh)")/rclone
carryall=$(cargo bench --bench sftp --no-run --locked --message-format=json |
  python3 -c 'import json, sys; print([m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable")][-1])')
folder=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  rm -rf "$folder"
}
trap stop EXIT
head -c "$((mib << 20))" /dev/urandom >"$folder/file"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$folder/server"
export SFTP_PASSWORD=bench-password TIMEFORMAT='wall %R s, CPU %U + %S s'
echo "$SFTP_PASSWORD" >"$folder/server/password"
as=()
if [ "$(id -u)" = 0 ]; then
  # As root it would want accounts of the system.
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chmod 711 "$folder" && chown -R 65534:65534 "$folder/server"
fi
cp tests/servers/openssh.sh "$folder/openssh.sh"
(cd "$folder/server" && exec "${as[@]}" sh "$folder/openssh.sh" "$port" password 2>"$folder/log") &
server=$!
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
  kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
  sleep 0.1
done
RCLONE_SFTP_PASS=$("$rclone" obscure "$SFTP_PASSWORD")
export RCLONE_CONFIG=/dev/null RCLONE_SFTP_KNOWN_HOSTS_FILE=none RCLONE_SFTP_HOST=127.0.0.1 RCLONE_SFTP_PORT=$port RCLONE_SFTP_USER=exporter RCLONE_SFTP_PASS
for _ in $(seq "$rounds"); do
  echo "rclone copyto"
  time "$rclone" copyto --ignore-times "$folder/file" :sftp:rclone.bin
  echo carryall
  time "$carryall" "$port" exporter '' "$folder/file"
done
