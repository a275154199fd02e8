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

refuses() { # FLAG CMAKE_ARGUMENT...
  local flag=$1
  shift
  ! cmake "$@" >"$work/log" 2>&1 && grep -q -- "$flag changes results" "$work/log"
}

configure_refuses() { # FLAG CMAKE_ARGUMENT...
  rm -rf "$work/build"
  refuses "$@" -S "$root" -B "$work/build"
}

for flag in -ffast-math -Ofast -funsafe-math-optimizations -fassociative-math -freciprocal-math -ffinite-math-only \
  -fno-honor-nans -fno-honor-infinities -fno-signed-zeros -fapprox-func -fsingle-precision-constant \
  -ffp-contract=fast -ffp-contract=on -ffp-contract=fast-honor-pragmas -ffp-model=fast -ffp-model=aggressive \
  -ffp-eval-method=double -mrecip -mrecip=all -mrecip=sqrtf:1 -mfpmath=387 -mfpmath=sse,387 -mfpmath=both -mdaz-ftz \
  -fdenormal-fp-math=positive-zero -fdenormal-fp-math=ieee,preserve-sign -fdenormal-fp-math-f32=positive-zero \
  -menable-unsafe-fp-math -mlow-precision-sqrt; do
  check "CMake refuses $flag" refuses "$flag" -DCMAKE_C_FLAGS="-O2 $flag -g" -P "$root/ci/refused_flags.cmake"
done
harmless="-O3 -march=native -ffp-contract=off -ffp-model=strict -fdenormal-fp-math=ieee -fno-fast-math -mno-recip"
check "CMake takes $harmless" cmake -DCMAKE_C_FLAGS="$harmless" -P "$root/ci/refused_flags.cmake"
CC="$compiler -ffast-math" check "CMake refuses -ffast-math from CC" configure_refuses -ffast-math
export CC=$compiler
CFLAGS=-ffast-math check "CMake refuses -ffast-math from CFLAGS" configure_refuses -ffast-math
LDFLAGS=-ffast-math check "CMake refuses -ffast-math from LDFLAGS" configure_refuses -ffast-math
check "CMake refuses -Ofast for one kind of build" \
  configure_refuses -Ofast -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-Ofast

"$compiler" -std=c11 -ffast-math -I"$root" -fsyntax-only -x c "$root/reference/gemm.c" >"$work/log" 2>&1
check "the contract's header refuses -ffast-math without CMake" grep -q "fast-math flags change results" "$work/log"

# What gets past both, the library finds when it starts: in its own code, or in that of one kernel.
cat >"$work/main.c" <<'MAIN'
#include <stdio.h>
#include "reference/reference.h"
#include "runtime/platform/check_build.h"
int main(void) {
  static float workspace[1]; /* the reference needs none */
  const enum ms_status status = ms_check_build(&ms_kernels_reference, "scalar", workspace);
  puts(status == MS_OK ? "computes by the contract" : ms_error_message());
  return status == MS_ERROR_BUILD;
}
MAIN

says() { # WORDS FLAGS [FILE]: compiled with the flags, or only the file
  local sentence=$1 flags=$2 file=${3:-} source
  for source in reference/*.c runtime/platform/{check_build,check_kernels,error,c_locale,files,fpenv,memory,system_posix}.c "$work/main.c"; do
    # shellcheck disable=SC2046,SC2086 # several flags, or none
    "$compiler" -std=c11 -O3 -ffp-contract=off -fno-math-errno -I. -c "$source" -o "$work/$(basename "$source").o" \
      $([ -n "$file" ] && [ "$source" != "$file" ] || echo "$flags") || return 1
  done
  "$compiler" "$work"/*.o -lm -o "$work/main" && "$work/main" >"$work/log"
  grep -qF -- "$sentence" "$work/log"
}

cd "$root" || exit 1
check "a build as it should be" says "computes by the contract" ""
while IFS='|' read -r words flags file; do
  check "$words: $flags $file" says "$words" "$flags" "$file"
done <<'ROWS'
this build changes the order of sums|-fassociative-math -fno-signed-zeros -fno-trapping-math
this build divides by estimates|-freciprocal-math
this build ignores the signs of zeros|-fno-signed-zeros
this build's kernel bytes_to_unit (scalar)|-freciprocal-math|reference/bytes.c
ROWS
if "$compiler" --version | grep -q clang && [ "$("$compiler" -dumpversion | cut -d . -f 1)" -ge 16 ]; then # older ones do not use it
  check "subnormals taken for zero" says "this build takes subnormal numbers for zero" -fdenormal-fp-math=positive-zero
  check "in one kernel" says "this build's kernel adam (scalar)" -fdenormal-fp-math=positive-zero reference/adam.c
fi
if echo | "$compiler" -mfma -E - >/dev/null 2>&1; then
  check "fused products" says "this build fuses products with sums" "-mfma -ffp-contract=fast"
fi

# A CPU without AVX2 and FMA, as the emulator shows it, must find only the scalar kernels by itself.
if [ "$(uname -m)" = x86_64 ]; then
  if [ ! -e "$data/train-images-idx3-ubyte" ]; then
    echo "skipped a CPU without FMA: $data does not hold MNIST"
  elif command -v qemu-x86_64 >/dev/null; then
    timeout 300 qemu-x86_64 -cpu Nehalem "$program" verify --threads 1 --data "$data" >"$work/log" 2>&1
    check "a CPU without FMA: scalar kernels, the published digest" grep -q "^All digests are the published ones" "$work/log"
    check "a CPU without FMA: AVX2 is skipped" grep -qE "^short +avx2 +skipped" "$work/log"
  else
    echo "skipped a CPU without FMA: qemu-x86_64 is not installed"
  fi
fi
finish
