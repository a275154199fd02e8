#!/usr/bin/env bash
# The report's final model, all 50 epochs, by the program as people start it: the golden digest, and an accuracy that does
# not contradict the report's.
# Usage: test_full_run.sh PROGRAM DATA_FOLDER GOLDEN_FOLDER
set -euo pipefail

program=$1 data=$2 golden=$3
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/checks.sh
source "$here/checks.sh"
need_data "$data"
work=$(mktemp -d)
evidence=(/dev/null)
trap 'rm -rf "$work"' EXIT

"$program" train --seed 42 --data "$data" --out "$work/run" | tee "$work/output"

# The number behind a key that stands once in its section of run.json.
test_value() {
  sed -n '/"test": {/,/}/p' "$work/run/run.json" | sed -n "s/.*\"$1\": \\([0-9.]*\\).*/\\1/p"
}

errors=$(test_value errors)
digest=$(sed -n 's/.*"weights_sha256": "\([0-9a-f]*\)".*/\1/p' "$work/run/run.json")
expected=$(cat "$golden/final_seed42.sha256")
# The report misclassified 163. One seed is one draw: the standard error of 98.37 % on 10,000 images is 12.7 images.
check "at most two standard errors more than 163 of 10000 images misclassified: $errors" test "$errors" -le 188
check "golden digest $expected: $digest" test "$digest" = "$expected"
check "50 epochs in metrics.csv" test "$(wc -l <"$work/run/metrics.csv")" -eq 51
check "eval finds the same model" grep -q "$digest" <("$program" eval "$work/run" --data "$data")
finish
