#!/usr/bin/env bash
# A private S3 server (SeaweedFS) in one process, until it is told to end.
#   seaweedfs.sh WEED FOLDER S3_PORT PORT×7
# FOLDER holds s3.json, which says who may do what; all else is made. Nothing of it is used again, so that the server, which takes
# half a minute for a clean end, is killed.
set -euo pipefail
weed=$1 folder=$2 s3=$3
shift 3
export GOMEMLIMIT=256MiB
mkdir -p "$folder/data"
# Its sockets have a place of their own, which it does not ask for, and stay behind.
sockets=(master-grpc-"$2" volume-grpc-"$4" filer-grpc-"$6" s3-grpc-"$7")
server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true' TERM
"$weed" -logtostderr server -dir="$folder/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 \
  -master.telemetry=false -master.volumeSizeLimitMB=1024 -volume.max=10000 \
  -master.port="$1" -master.port.grpc="$2" -volume.port="$3" -volume.port.grpc="$4" \
  -filer -filer.port="$5" -filer.port.grpc="$6" -filer.localSocket="$folder/data/filer.sock" \
  -s3 -s3.port="$s3" -s3.port.grpc="$7" -s3.port.iceberg=0 -s3.port.lance=0 -s3.localSocket="$folder/data/s3.sock" \
  -s3.config="$folder/s3.json" &
server=$!
wait "$server" || true
# The first wait ends with the signal.
wait "$server" || true
for socket in "${sockets[@]}"; do rm -f "/tmp/seaweedfs-$socket.sock"; done
