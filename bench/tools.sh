#!/usr/bin/env bash
# Installs the databases and the peers from Debian's packages, and a Python with the packages of requirements.txt, whose
# path it prints as the last line.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/need-packages.sh initdb=postgresql psql=postgresql-client mariadbd=mariadb-server mariadb=mariadb-client \
  mydumper=mydumper sqlite3=sqlite3 7z=p7zip-full python3=python3 setpriv=util-linux flock=util-linux >&2
# On Debian, Python's own module for environments is a package apart.
python3 -c 'import ensurepip' 2>/dev/null || scripts/need-packages.sh python3-venv=python3-venv >&2
venv=target/bench-python
if ! cmp -s bench/requirements.txt "$venv/installed.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv" >&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement bench/requirements.txt >&2
  cp bench/requirements.txt "$venv/installed.txt"
fi
echo "$PWD/$venv/bin/python"
