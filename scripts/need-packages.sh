#!/usr/bin/env bash
# Installs Debian packages for commands that are not there: need-packages.sh COMMAND=PACKAGE …
# Elsewhere than on Debian, or without the right to install, it says what is missing.
set -euo pipefail
packages=()
for pair in "$@"; do
  command -v "${pair%%=*}" >/dev/null || packages+=("${pair#*=}")
done
[ ${#packages[@]} -gt 0 ] || exit 0
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
if ! command -v apt-get >/dev/null || { [ ${#sudo[@]} -gt 0 ] && ! command -v sudo >/dev/null; }; then
  echo "Please install what these Debian packages hold, and try again: ${packages[*]}" >&2
  exit 1
fi
echo "Installing ${packages[*]}"
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
