#!/usr/bin/env bash
# The test suite under the address and undefined-behaviour sanitizers (leaks too) and the thread sanitizer, and under
# valgrind, which sees memory that was never written. Installs what is missing.
# Usage: sanitize.sh [asan] [tsan] [valgrind]     (all three without an argument: about twenty minutes)
#
# Left out: exp_log (all 2^32 floats), full_run (50 epochs) and reproduce (the report's stages at full width), which take from ten
# minutes to an hour under a sanitizer and run code that the other tests run too; get_data and guards, which run scripts and
# builds of their own; mpi and slurm, which run the code that sweep_runs does. Nothing is suppressed.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

left_out='^(exp_log|full_run|get_data|guards|mpi|reproduce|slurm)$'

# valgrind knows no AVX-512, and does not flush subnormals where a program asks for it, which test_fpenv is about. The tests of
# kernels, training and checkpoints take from minutes to an hour under it, and in test_sweep it takes memmove for memcpy: in the
# C library both are the same code.
valgrind_tests="claims class_folders contraction evaluation gradient idx markup model_file picture random reference run_read
  settings sgemm sha256 sweep_results sweep_shard threads"

missing_sanitizer_packages() { # asan|tsan|valgrind
  case $1 in
    valgrind) has_tool valgrind || echo valgrind ;;
    *)
      has_tool clang || echo clang
      has_tool llvm-symbolizer || echo llvm
      has_tool clang && echo 'int main(void) { return 0; }' | clang -fsanitize=address -x c - -o /dev/null 2>/dev/null ||
        echo libclang-rt-dev
      ;;
  esac
}

run_sanitizer() { # PRESET
  step "$1"
  mkdir -p "build-$1"
  cmake --preset "$1" >"build-$1/log" 2>&1 && cmake --build --preset "$1" --parallel "$(nproc)" >>"build-$1/log" 2>&1 || {
    cat "build-$1/log"
    fail "The preset $1 could not be built."
  }
  nm "build-$1/mnist_simd" | grep "__${1}_init" >/dev/null || fail "build-$1/mnist_simd is not sanitized."
  # The thread sanitizer of older compilers does not find its way where the kernel spreads addresses widely.
  local fixed_addresses=()
  if [ "$1" = tsan ] && setarch "$(uname -m)" -R true 2>/dev/null; then
    fixed_addresses=(setarch "$(uname -m)" -R)
  fi
  "${fixed_addresses[@]}" ctest --preset "$1" --parallel "$(nproc)" -E "$left_out"
}

check_memory() { # LEAK_KINDS COMMAND...
  echo "valgrind ${*:2}"
  valgrind -q --error-exitcode=9 --leak-check=full --show-leak-kinds="$1" --errors-for-leak-kinds="$1" "${@:2}" \
    >build/valgrind.log 2>&1 || {
    cat build/valgrind.log
    fail "valgrind: ${*:2}"
  }
}

# The program must give back everything before it ends.
check_program() { # ARGUMENT...
  check_memory all build/mnist_simd "$@"
}

run_valgrind() {
  local test isa work=build/valgrind
  build
  step valgrind
  for test in $valgrind_tests; do
    check_memory definite,indirect,possible "build/tests/test_$test" # data that all cases share stays
  done
  rm -rf "$work"
  tests/small_data.sh "$MNIST_SIMD_DATA" "$work/data" 120 40
  for isa in scalar avx2; do
    build/mnist_simd kernels --isa $isa >/dev/null 2>&1 || continue
    check_program train --isa $isa --threads 2 --data "$work/data" --out "$work/$isa" --hidden 70,40 --epochs 3 --batch 64 \
      --val 20 --patience 1 --input-dropout 0.1 --schedule cosine
    check_program eval "$work/$isa" --isa $isa --data "$work/data"
  done
  printf 'preset unregularised\nmode grid\nset hidden 20\nset epochs 2\nset batch 32\nset val 20\nvary lr 0.01 0.1\n' >"$work/sweep.txt"
  check_program sweep "$work/sweep.txt" --isa scalar --data "$work/data" --out "$work/sweep"
  check_program report "$work/sweep" --data "$work/data" --out "$work/sweep.html"
  check_program report "$work/scalar" --isa scalar --data "$work/data" --out "$work/report.html"
  check_program show test 7 --isa scalar --data "$work/data" --model "$work/scalar"
}

cd "$root"
chosen=("$@")
[ $# -gt 0 ] || chosen=(asan tsan valgrind)
for check in "${chosen[@]}"; do
  [[ $check =~ ^(asan|tsan|valgrind)$ ]] || fail "Usage: sanitize.sh [asan] [tsan] [valgrind]"
done
require_packages
require_these "$(for check in "${chosen[@]}"; do missing_sanitizer_packages "$check"; done | sort -u | xargs)"
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
for check in "${chosen[@]}"; do
  case $check in
    valgrind) run_valgrind ;;
    *) run_sanitizer "$check" ;;
  esac
done
printf '\nClean: %s, %d s\n' "${chosen[*]}" "$SECONDS"
