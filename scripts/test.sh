#!/usr/bin/env bash
# All tests: those of Rust, then those of the pages in a real browser. Ends with a line that counts them.
set -uo pipefail
cd "$(dirname "$0")/.."
python=$(scripts/test-tools.sh | tee /dev/stderr | tail -n 1) && [ -x "$python" ] || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

CARRYALL_TEST_PYTHON=$python cargo test --workspace --locked --no-fail-fast 2>&1 | tee -a "$log" || failed=1
(cd web && npm test) 2>&1 | tee -a "$log" || failed=1

# "test result: ok. 42 passed; 0 failed; …" of Rust, and "  7 passed (20s)" of Playwright.
count() {
  sed -E 's/\x1b\[[0-9;]*m//g' "$log" | awk -v word="$1" '
    /^test result: / { for (i = 2; i <= NF; i++) if ($i ~ "^" word) sum += $(i - 1) }
    $2 == word && ($1 + 0) > 0 && NF <= 3 { sum += $1 }
    END { print sum + 0 }'
}
echo
echo "$(count passed) passed, $(count failed) failed"
exit "$failed"
