#!/usr/bin/env bash
# MNIST as 70,000 PNG files comes back as it was: in its own order, whatever the order in its folders. On a small data
# set, each allocation fails in turn: the reader ends with one line and leaks nothing.
# Usage: test_class_folders.sh WRITE_PNGS DATA_FOLDER HEADER [PRELOAD]
# HEADER: runtime/mnist_simd.h, which holds the digests
set -uo pipefail

# shellcheck source=tests/checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"
header=$(realpath "$3") preload=${4:+$(realpath "$4")}
begin "$1" "$2"

digest() { # MACRO
  sed -n "s/^#define $1 \"\(.*\)\"/\1/p" "$header"
}

"$program" mnist "$data" mnist
"$program" digests mnist >out 2>err
echo "70,000 files were read in $(tail -n 1 err)"
printf '%s\n' "PNG files, a folder per class: training, testing" "training $(digest MS_MNIST_SHA256)" \
  "test $(digest MS_MNIST_TEST_SHA256)" >expected
check "MNIST as PNG files has the digests of MNIST" cmp out expected
rm mnist/training/5/0.png
"$program" digests mnist >out 2>err
check "without one of them, another" test "$(sed -n 2p out)" != "$(sed -n 2p expected)"

if [ -n "$preload" ]; then
  "$here/small_data.sh" "$data" data 30 10
  "$program" mnist data small
  rmdir small/*/* 2>/dev/null # classes without images
  export MS_FAIL_REPORT=$work/report MS_FAIL_CALL=allocate MS_FAIL_ERRNO=12
  fail_at() { # N
    MS_FAIL_AT=$1 LD_PRELOAD=$preload "$program" digests small >out 2>err
    code=$?
    read -r calls hits leaked <report
  }
  fail_at 0
  check "without a failure, $calls allocations" test "$code" -eq 0 -a "$calls" -gt 100 -a "$leaked" -eq 0
  sites=$calls wrong=0 errors=0
  cp out expected
  for ((n = 1; n <= sites; n++)); do
    fail_at "$n"
    if [ "$hits" -ne 1 ] || [ "$leaked" -ne 0 ] || { [ "$code" -eq 0 ] && ! cmp -s out expected; } ||
      { [ "$code" -ne 0 ] && { [ "$code" -ne 1 ] || [ "$(wc -l <err)" -ne 1 ]; }; }; then
      wrong=$((wrong + 1))
      echo "allocation $n of $sites: exit code $code, $hits failed, $leaked leaked: $(tail -n 1 err)"
    fi
    [ "$code" -eq 0 ] || errors=$((errors + 1))
  done
  check "each of $sites allocations failed in turn: $errors errors told" test "$wrong" -eq 0 -a "$errors" -gt 100
fi
finish
