#!/usr/bin/env bash
# Installs what the tests need beside Rust and Node.js: 7-Zip, bsdtar, Chromium, MariaDB, PostgreSQL, OpenSSH, systemd's tools,
# faketime, Azurite, and a Python with the packages of tests/foreign/requirements.txt, whose path it prints as the last line.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need-packages.sh curl=curl 7z=p7zip-full bsdtar=libarchive-tools chromium=chromium python3=python3 unshare=util-linux setpriv=util-linux openssl=openssl systemd-analyze=systemd >&2
scripts/need-packages.sh /usr/sbin/mariadbd=mariadb-server >&2
scripts/need-packages.sh sftp=openssh-client /usr/sbin/sshd=openssh-server >&2
# Libraries that let sshd run without root, with an account that only it knows.
for library in nss pam; do
  compgen -G "/usr/lib/*/lib${library}_wrapper.so" >/dev/null || scripts/need-packages.sh "lib${library}_wrapper.so=lib${library}-wrapper" >&2
done
# What gives a server another time.
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || scripts/need-packages.sh libfaketime.so=libfaketime >&2
# Debian keeps the commands of PostgreSQL's server out of PATH.
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || scripts/need-packages.sh initdb=postgresql >&2
# On Debian, Python's own module for environments is a package apart.
python3 -c 'import ensurepip' 2>/dev/null || scripts/need-packages.sh python3-venv=python3-venv >&2
venv=target/python
if ! cmp -s tests/foreign/requirements.txt "$venv/installed.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv" >&2 || {
    rm -rf "$venv"
    echo "Python cannot make a virtual environment here; on Debian, install python3-venv" >&2
    exit 1
  }
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement tests/foreign/requirements.txt >&2
  cp tests/foreign/requirements.txt "$venv/installed.txt"
fi
# Microsoft's emulator of Azure's storage.
azurite=azurite@3.35.0
if [ "$(cat target/azurite/installed.txt 2>/dev/null)" != "$azurite" ]; then
  scripts/need-node.sh >&2
  rm -rf target/azurite
  mkdir -p target/azurite
  echo '{"private":true}' >target/azurite/package.json
  npm --prefix target/azurite install --no-audit --no-fund --loglevel=error "$azurite" >&2
  echo "$azurite" >target/azurite/installed.txt
fi
echo "$PWD/$venv/bin/python"
