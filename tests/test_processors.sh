#!/usr/bin/env bash
# What cannot keep the contract is refused with a true reason: a processor that nobody tried, arithmetic by x87.
# Usage: test_processors.sh ROOT COMPILER
set -uo pipefail

root=$1 compiler=$2
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/checks.sh
source "$here/checks.sh"
work=$(mktemp -d)
evidence=("$work/log")
trap 'rm -rf "$work"' EXIT

refused() { # PROCESSOR
  ! CC=$compiler cmake -S "$root" -B "$work/build" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$1" >"$work/log" 2>&1 &&
    tr -s '\n ' ' ' <"$work/log" | grep -q "$1 is not supported: build for x86-64, .* or wasm32"
}

header() { # COMPILER FLAG...
  ! "$@" -std=c11 -ffreestanding -fsyntax-only -I"$root" -x c "$root/kernels/kernels.h" >"$work/log" 2>&1
}

for processor in mips64 sparc64 loongarch64; do
  check "CMake refuses $processor and names the others" refused "$processor"
  rm -rf "$work/build"
done

if [ "$(uname -m)" = x86_64 ]; then
  check "x87 arithmetic is refused" header "$compiler" -m32 -mno-sse
  check "the reason is the way out" grep -q 'x86: -msse2 -mfpmath=sse' "$work/log"
  "$compiler" -std=c11 -m32 -msse2 -mfpmath=sse -ffreestanding -fsyntax-only -I"$root" -x c "$root/kernels/kernels.h" >"$work/log" 2>&1
  check "32-bit x86 with SSE2 is not" test $? -eq 0
fi
if command -v s390x-linux-gnu-gcc >/dev/null; then
  check "s390x's float as double is refused" header s390x-linux-gnu-gcc
  check "the reason is the way out" grep -q 's390x: -fexcess-precision=fast' "$work/log"
fi
finish
