#!/usr/bin/env bash
# Fuzzes the readers by libFuzzer, under the address and undefined-behaviour sanitizers. What is learnt stays in
# build-fuzz/corpus; a finding ends the script and is to be kept in tests/fuzz/regression/<name>/ when it is mended.
# Usage: fuzz.sh SECONDS [NAME]...     (SECONDS for each of all readers, or of those named)
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ ${1:-} =~ ^[0-9]+$ ]] || fail "Usage: fuzz.sh SECONDS [NAME]..."
seconds=$1
shift
readers=$(cd "$root/tests/fuzz" && ls fuzz_*.c | sed -n 's/^fuzz_\(.*\)\.c$/\1/p' | grep -v '^file$')
names=("$@")
[ $# -gt 0 ] || mapfile -t names <<<"$readers"
for name in "${names[@]}"; do
  grep -qxF -- "$name" <<<"$readers" || fail "$name: no reader, must be one of: $(xargs <<<"$readers")"
done
require_packages
if ! echo 'int main(void) { return 0; }' | clang -fsanitize=address -x c - -o /dev/null 2>/dev/null; then
  can_install || fail "Missing: clang libclang-rt-dev. On Debian or Ubuntu, type: sudo apt-get install -y clang libclang-rt-dev"
  install_packages "clang libclang-rt-dev"
fi
if ! has_tool cjpeg && can_install; then # makes seeds
  install_packages libjpeg-turbo-progs
fi
cd "$root"
MNIST_SIMD_DATA=$(ci/get_data.sh)
export MNIST_SIMD_DATA
mkdir -p build-fuzz
cmake --preset fuzz >build-fuzz/log 2>&1 && cmake --build --preset fuzz --parallel "$(nproc)" >>build-fuzz/log 2>&1 || {
  cat build-fuzz/log
  fail "The preset fuzz could not be built."
}
tests/fuzz/make_seeds.sh build-fuzz/mnist_simd "$MNIST_SIMD_DATA" build-fuzz/seeds build-fuzz/tests/write_pngs
# Seconds of a core, user and system: less than SECONDS where other programs used the core too.
TIMEFORMAT='%U %S'
printf '%-14s %8s %12s %9s %9s %s\n' reader "core s" executions edges features findings
for name in "${names[@]}"; do
  mkdir -p "build-fuzz/corpus/$name" "build-fuzz/findings/$name"
  result=none
  { time build-fuzz/tests/fuzz/libfuzzer_"$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
    -malloc_limit_mb=512 -max_len=65536 -print_final_stats=1 -artifact_prefix="build-fuzz/findings/$name/" \
    "build-fuzz/corpus/$name" "build-fuzz/seeds/$name" >"build-fuzz/$name.log" 2>&1; } 2>"build-fuzz/$name.time" ||
    result=FOUND
  printf '%-14s %8s %12s %9s %9s %s\n' "$name" "$(awk 'NF == 2 { printf "%.0f", $1 + $2 }' "build-fuzz/$name.time")" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/$name.log")" \
    "$(grep -oE 'cov: [0-9]+' "build-fuzz/$name.log" | tail -n 1 | cut -c6-)" \
    "$(grep -oE 'ft: [0-9]+' "build-fuzz/$name.log" | tail -n 1 | cut -c5-)" "$result"
  if [ $result != none ]; then
    tail -n 40 "build-fuzz/$name.log"
    fail "$name: build-fuzz/findings/$name holds what showed it."
  fi
done
