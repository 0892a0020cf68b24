#!/bin/sh
# Serves SFTP by OpenSSH from the current folder, which must be empty but for `password`, in the foreground.
#   openssh.sh PORT HOW
# The user is `exporter`, whose sessions start in `home`. HOW is `password`, or `interactive` (signing in by keyboard-interactive
# only), or `plain` (by password, at the first try, and without the extensions of the protocol that other servers lack), or
# `small` (by password, on a disk of 2 MB that is mounted for this process alone).
#
# Neither root nor an account is needed: sshd runs as whoever starts this, and two libraries made for such tests tell it
# of an account that only it knows.
set -eu
port=$1 how=$2
PATH=$PATH:/usr/sbin
mkdir home pam.d
ssh-keygen -q -t ed25519 -N '' -f host_ed25519
ssh-keygen -q -t rsa -b 3072 -N '' -f host_rsa
cat >passwd <<X
exporter:x:$(id -u):$(id -g)::$PWD/home:/bin/sh
sshd:x:$(id -u):$(id -g)::/nonexistent:/bin/false
X
echo "exporters:x:$(id -g):" >group
echo "exporter:$(openssl passwd -6 -stdin <password):19000:0:99999:7:::" >shadow
echo "exporter:$(cat password):sshd" >passdb
cat >pam.d/sshd <<X
auth required $(ls /usr/lib/*/pam_wrapper/pam_matrix.so) passdb=$PWD/passdb
account required pam_permit.so
session required pam_permit.so
X
pam=no dialogue=no tries=6 internal=internal-sftp
case $how in
  interactive) pam=yes dialogue=yes ;;
  plain) tries=1 internal='internal-sftp -P posix-rename,fsync,limits,statvfs,fstatvfs' ;;
esac
cat >sshd_config <<X
ListenAddress 127.0.0.1
Port $port
HostKey "$PWD/host_ed25519"
HostKey "$PWD/host_rsa"
PidFile none
UsePAM $pam
PasswordAuthentication $([ $dialogue = yes ] && echo no || echo yes)
KbdInteractiveAuthentication $dialogue
PubkeyAuthentication no
StrictModes no
MaxAuthTries $tries
MaxStartups 100
LogLevel DEBUG1
Subsystem sftp internal-sftp
ForceCommand $internal
X
# Newer ones keep those out for a while who get a password wrong.
! sshd -t -f sshd_config -o PerSourcePenalties=no 2>/dev/null || echo 'PerSourcePenalties no' >>sshd_config
export NSS_WRAPPER_PASSWD="$PWD/passwd" NSS_WRAPPER_GROUP="$PWD/group" NSS_WRAPPER_SHADOW="$PWD/shadow"
export PAM_WRAPPER=1 PAM_WRAPPER_SERVICE_DIR="$PWD/pam.d"
preload=libnss_wrapper.so
[ $pam = no ] || preload="$preload libpam_wrapper.so"
set -- env LD_PRELOAD="$preload" "$(command -v sshd)" -D -e -r -f "$PWD/sshd_config"
if [ "$how" = small ]; then
  # Root in a namespace, to mount it; then back.
  set -- unshare --user --map-user="$(id -u)" --map-group="$(id -g)" "$@"
  set -- sh -c 'mount -t tmpfs -o size=2m tmpfs home && exec "$@"' sh "$@"
  set -- unshare --user --map-root-user --mount --propagation private "$@"
fi
exec "$@"
