#!/bin/sh
# Serves SFTP by rclone from the current folder, which must be empty but for `password`, in the foreground.
#   rclone-sftp.sh RCLONE PORT
# The user is `exporter`, whose sessions start in `home`. It forgets what it has read of folders at once; told 0 instead, it
# takes longer tenfold with each level of folders.
set -eu
mkdir home
RCLONE_USER=exporter RCLONE_PASS=$(cat password)
export RCLONE_USER RCLONE_PASS
exec "$1" --config /dev/null serve sftp --addr "127.0.0.1:$2" --authorized-keys '' --cache-dir "$PWD/cache" \
  --dir-cache-time 1ms --vfs-cache-mode off "$PWD/home"
