#!/usr/bin/env bash
# All tests: those of Rust, then those of the pages in a real browser. Prints the table of what every storage must do, which must
# be whole and the one that is in the README. Ends with a line that counts the tests.
set -uo pipefail
cd "$(dirname "$0")/.."
python=$(scripts/test-tools.sh) || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0

# "test result: ok. 42 passed; 0 failed; …" of Rust, and "  7 passed (20s)" of Playwright.
count() { # WORD
  sed -E 's/\x1b\[[0-9;]*m//g' "$log" | awk -v word="$1" '
    /^test result: / { for (i = 2; i <= NF; i++) if ($i ~ "^" word) sum += $(i - 1) }
    $2 == word && ($1 + 0) > 0 && NF <= 3 { sum += $1 }
    END { print sum + 0 }'
}
run() { # COMMAND …
  local wrong=0 these
  "$@" 2>&1 | tee "$log" || wrong=1
  these=$(count failed)
  passed=$((passed + $(count passed)))
  # One that could not even be built counts too.
  failed=$((failed + (wrong && these == 0 ? 1 : these)))
}

# What the tests leave for the table: nothing of an earlier run.
cells=${CARGO_TARGET_DIR:-target}/tmp/conformance
rm -rf "$cells"
# Most of them wait, for servers and for what is to time out: three for each processor keep it busy.
CARRYALL_TEST_PYTHON=$python run cargo test --workspace --locked --no-fail-fast -- --test-threads="$(($(nproc) * 3))"
run npm --prefix web test

echo
python3 scripts/conformance.py "$cells" README.md || failed=$((failed + 1))
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
