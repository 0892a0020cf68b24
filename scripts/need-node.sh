#!/usr/bin/env bash
# Says in one line what is missing if the pages cannot be built here.
set -euo pipefail
if ! command -v npm >/dev/null; then
  echo "Node.js 20.19 or later with npm is needed to build the pages: see https://nodejs.org" >&2
  exit 1
fi
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
  echo "Node.js 20.19 or later is needed to build the pages; this is $(node --version)" >&2
  exit 1
}
