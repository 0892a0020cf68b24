#!/usr/bin/env bash
# The Python program that one would write: postgres-pyzipper.py, with the Python that has pyzipper.
#   postgres-pyzipper.sh FOLDER
set -euo pipefail
exec "$BENCH_PYTHON" "$(dirname "$0")/postgres-pyzipper.py" "$1"
