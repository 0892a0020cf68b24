#!/usr/bin/env bash
# scripts/schema-changes.sh [COMMIT]
#
# Says how schema.graphql differs from its last version: from the committed one if it was changed since, else from the one before
# the commit that changed it last; or from that of COMMIT, such as the last release. Ends with 1 if a client can break, unless one
# of the commits since says that this is meant, by a line `Breaking-Change: WHY` at the end of its message.
set -euo pipefail
cd "$(dirname "$0")/.."

not_compared() {
  echo "not compared: $*"
  exit 0
}
git rev-parse --verify --quiet HEAD >/dev/null 2>&1 || not_compared 'there is no history'
if [ $# -gt 0 ]; then
  before=$(git rev-parse --verify --quiet "$1^{commit}") || {
    echo "$1 is no commit" >&2
    exit 2
  }
elif git diff --quiet HEAD -- schema.graphql; then
  # Along the first parents, a branch that was merged is one change, whatever its commits did back and forth.
  changed=$(git rev-list --first-parent --max-count=1 HEAD -- schema.graphql)
  before=$(git rev-parse --verify --quiet "$changed^") || not_compared 'there is no earlier commit'
else
  before=HEAD
fi
old=$(mktemp)
trap 'rm -f "$old"' EXIT
git show "$before:schema.graphql" >"$old" 2>/dev/null || not_compared 'there is no earlier schema.graphql'

result=0
node web/schema/compare.js "$old" schema.graphql || result=$?
[ "$result" = 1 ] || exit "$result"
meant=$(git log --format='%(trailers:key=Breaking-Change,valueonly,separator=%x0a)' "$before..HEAD" | sed '/^$/d')
[ -n "$meant" ] || {
  echo 'A client can break. If that is meant, end the message of the commit with a line `Breaking-Change: WHY`.' >&2
  exit 1
}
printf 'It is meant: %s\n' "$meant"
