#!/usr/bin/env bash
# Sets Carryall's uploads beside those of `rclone copyto`, in turns, at a private S3 server (SeaweedFS) and a private OpenSSH:
# storages.sh [MIB] [ROUNDS]
# What it needs is installed by scripts/test-tools.sh. bench/measure/storages.py takes the turns, and says what they took.
set -euo pipefail
cd "$(dirname "$0")/.."
mib=${1:-1024} rounds=${2:-3}
tools=$(dirname "$(scripts/test-tools.sh)")
export CARRYALL_BENCH RCLONE=$tools/rclone
CARRYALL_BENCH=$(cargo bench --bench storages --no-run --locked --message-format=json |
  python3 -c 'import json, sys; print([m["executable"] for m in map(json.loads, sys.stdin) if m.get("executable")][-1])')
folder=$(mktemp -d)
servers=()
stop() {
  for server in "${servers[@]}"; do
    { kill "$server" && wait "$server"; } 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap stop EXIT
export BENCH_SFTP_PORT BENCH_S3_PORT BENCH_SFTP_HOME=$folder/sftp/home BENCH_PASSWORD=bench-password
{ read -r BENCH_SFTP_PORT && read -r BENCH_S3_PORT && mapfile -t ports; } < <(python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(9)]
print(*(socket.getsockname()[1] for socket in sockets), sep="\n")')
wait_for() { # PORT PID LOG
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    kill -0 "$2" 2>/dev/null || { cat "$3" >&2; exit 1; }
    sleep 0.1
  done
}

mkdir "$folder/sftp" "$folder/s3"
echo "$BENCH_PASSWORD" >"$folder/sftp/password"
as=()
if [ "$(id -u)" = 0 ]; then
  # As root, sshd would want accounts of the system.
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chmod 711 "$folder" && chown -R 65534:65534 "$folder/sftp"
fi
cp tests/servers/openssh.sh "$folder/openssh.sh"
(cd "$folder/sftp" && exec "${as[@]}" sh "$folder/openssh.sh" "$BENCH_SFTP_PORT" password 2>"$folder/sftp.log") &
servers+=($!)
wait_for "$BENCH_SFTP_PORT" $! "$folder/sftp.log"

cat >"$folder/s3/s3.json" <<X
{"identities": [{"name": "bench", "credentials": [{"accessKey": "AKBENCH", "secretKey": "$BENCH_PASSWORD"}],
  "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
X
tests/servers/seaweedfs.sh "$tools/weed" "$folder/s3" "$BENCH_S3_PORT" "${ports[@]}" >"$folder/s3.log" 2>&1 &
servers+=($!)
wait_for "$BENCH_S3_PORT" $! "$folder/s3.log"

head -c "$((mib << 20))" /dev/urandom >"$folder/file"
python3 bench/measure/storages.py "$folder/file" "$rounds"
