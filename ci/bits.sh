#!/usr/bin/env bash
# One digest everywhere: builds the program with gcc and clang at -O0, -O2 and -O3, and for AArch64, and has each build verify
# the short run with every ISA on 1, 2, 3 and 7 threads ('mnist_simd verify'). Prints one table.
# Usage: bits.sh
# MNIST_SIMD_REQUIRE names the ISAs that must not be skipped, "scalar avx2 neon" for one.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

builds=$root/build-bits
table=$builds/table
failed=0

skip() { # ISA COMPILER REASON
  printf '%-9s %-26s %7s  skipped: %s\n' "$1" "$2" - "$3" >>"$table"
}

# Builds in a folder of its own; the digests come out of 'verify' run by the emulator given, if any.
verify_build() { # NAME HOW OPTIMISATION EMULATOR CMAKE_OPTION...
  local name=$1 how=$2 level=$3 emulator=$4 folder=$builds/$1 compiler
  shift 4
  step "$name"
  cmake -S "$root" -B "$folder" -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="$level" -DMNIST_SIMD_BENCH=OFF "$@" >"$folder.log" 2>&1 &&
    cmake --build "$folder" --parallel "$(nproc)" --target mnist_simd >>"$folder.log" 2>&1 || {
    cat "$folder.log"
    fail "$name could not be built."
  }
  # shellcheck disable=SC2086 # an empty emulator is no word
  $emulator "$folder/mnist_simd" verify --digests | tee "$folder.out" || failed=1
  compiler=$(sed -n '1s/.*, \(\(gcc\|clang\) [0-9.]*\).*/\1/p' "$folder.out")
  awk -v compiler="$compiler $level" -v how="$how" '
    $1 == "epoch" { digest = $3 }
    $1 == "short" && /skipped/ { printf "%-9s %-26s %7s  skipped: not on this CPU\n", $2, compiler, "-" }
    $1 == "short" && !/skipped/ { printf "%-9s %-26s %7s  %s %s %s\n", $2, compiler, $3, digest, how, $NF == "pass" ? "pass" : "FAIL" }
  ' "$folder.out" >>"$table"
}

require_packages
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
mkdir -p "$builds"
: >"$table"

for compiler in gcc clang; do
  for level in -O0 -O2 -O3; do
    if has_tool "$compiler"; then
      verify_build "$compiler$level" native "$level" "" -DCMAKE_C_COMPILER="$compiler"
    else
      skip all "$compiler $level" "$compiler is not installed"
    fi
  done
done

if reason=$(require_aarch64 2>&1); then
  for level in -O0 -O2 -O3; do
    verify_build "aarch64-gcc$level" emulated "$level" qemu-aarch64 -DCMAKE_TOOLCHAIN_FILE="$root/ci/aarch64.cmake"
  done
  step "every NEON kernel against the reference"
  cmake --build "$builds/aarch64-gcc-O2" --parallel "$(nproc)" --target test_kernels >>"$builds/aarch64-gcc-O2.log" 2>&1 &&
    MNIST_SIMD_REQUIRE="scalar neon" qemu-aarch64 "$builds/aarch64-gcc-O2/tests/test_kernels" || failed=1
else
  skip neon "aarch64 gcc" "$(tail -n 1 <<<"$reason")"
fi

step "one table"
printf '%-9s %-26s %7s  %s\n' ISA compiler threads "SHA-256 of the weights"
cat "$table"
for isa in ${MNIST_SIMD_REQUIRE:-}; do
  if ! grep -qE "^$isa .* pass$" "$table"; then
    echo "$isa is required and did not run."
    failed=1
  fi
done
n_cells=$(grep -cE ' (pass|FAIL)$' "$table")
n_digests=$(grep -E ' (pass|FAIL)$' "$table" | awk '{print $(NF - 2)}' | sort -u | wc -l)
printf '\n%d cells, %d digest(s), %d skipped, %d s\n' "$n_cells" "$n_digests" "$(grep -c skipped "$table" || true)" "$SECONDS"
[ "$n_digests" -eq 1 ] && [ "$failed" -eq 0 ] || fail "The bits differ, or a run failed."
