#!/usr/bin/env bash
# The build refuses what would break the numerics contract, and a CPU without FMA gets the same bits from the scalar kernels.
# Usage: test_guards.sh ROOT PROGRAM DATA_FOLDER COMPILER
set -uo pipefail

root=$1 program=$2 data=$3 compiler=$4
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/checks.sh
source "$here/checks.sh"
work=$(mktemp -d)
evidence=("$work/log")
trap 'rm -rf "$work"' EXIT

refuses() { # FLAG
  ! CC=$compiler cmake -S "$root" -B "$work/build" -DCMAKE_C_FLAGS="$1" >"$work/log" 2>&1 &&
    grep -q -- "$1 changes results" "$work/log"
}

for flag in -ffast-math -Ofast -funsafe-math-optimizations -fassociative-math -freciprocal-math -ffinite-math-only \
  -fno-signed-zeros -ffp-contract=fast -ffp-contract=on; do
  check "CMake refuses $flag" refuses "$flag"
  rm -rf "$work/build"
done
CFLAGS=-ffast-math cmake -S "$root" -B "$work/build" >"$work/log" 2>&1
check "CMake refuses -ffast-math from CFLAGS" grep -q -- "-ffast-math changes results" "$work/log"

"$compiler" -std=c11 -ffast-math -I"$root" -fsyntax-only -x c "$root/reference/gemm.c" >"$work/log" 2>&1
check "the contract's header refuses -ffast-math without CMake" grep -q "fast-math flags change results" "$work/log"

# A CPU without AVX2 and FMA, as the emulator shows it, must find only the scalar kernels by itself.
if [ "$(uname -m)" = x86_64 ]; then
  if command -v qemu-x86_64 >/dev/null; then
    timeout 300 qemu-x86_64 -cpu Nehalem "$program" verify --threads 1 --data "$data" >"$work/log" 2>&1
    check "a CPU without FMA: scalar kernels, the published digest" grep -q "^All digests are the published ones" "$work/log"
    check "a CPU without FMA: AVX2 is skipped" grep -qE "^short +avx2 +skipped" "$work/log"
  else
    echo "skipped a CPU without FMA: qemu-x86_64 is not installed"
  fi
fi
finish
