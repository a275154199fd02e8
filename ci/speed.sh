#!/usr/bin/env bash
# That speed is not lost. First ratios measured in one run (bench/speed_check.c, bounds in bench/speed_bounds.h); then
# the numbers of instructions of small fixed pieces of work (bench/count_work.c), counted by callgrind with the AVX2
# kernels, against ci/instructions.txt: at most 2 % more. They depend on the compiler and are compared only with those
# recorded by the same one.
# Usage: speed.sh              checks
#        speed.sh --record     writes the counts of this compiler to ci/instructions.txt instead
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

record=$root/ci/instructions.txt
isa=avx2 # the widest that callgrind knows
allowed_percent=2

missing_speed_packages() {
  has_tool valgrind || echo valgrind
  local openblas
  openblas=$(find /usr/lib /usr/local/lib -maxdepth 2 -name libopenblas.so -print -quit 2>/dev/null)
  [ -n "$openblas" ] || echo libopenblas-dev
}

count() { # NAME; prints "NAME COUNT"
  local log collected
  log=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=counted_work \
    "$root/build/bench/count_work" "$isa" "$1" 2>&1) || { printf '%s\n' "$log" >&2; return 1; }
  collected=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' <<<"$log")
  [ "${collected:-0}" -gt 0 ] || { printf '%s: nothing was counted\n%s\n' "$1" "$log" >&2; return 1; }
  echo "$1 $collected"
}

count_all() {
  export -f count
  export root isa
  "$root/build/bench/count_work" | xargs -P "$(nproc)" -I{} bash -c 'count {}' | sort
}

# Lines "COMPILER ISA NAME COUNT" of the other compilers stay.
write_record() { # COMPILER COUNTS
  local kept="" head="# Instructions of bench/count_work: compiler, ISA, work, count. Written by ci/speed.sh --record."
  [ ! -f "$record" ] || kept=$(grep -v "^$1 " "$record" || true)
  {
    printf '%s\n' "$kept" | grep . || echo "$head"
    awk -v start="$1 $isa " '{print start $0}' <<<"$2"
  } >"$record.new"
  mv "$record.new" "$record"
}

# Prints a table; fails if a count is too high, or if work was recorded that is not there or the other way round.
compare_counts() { # COMPILER COUNTS
  awk -v compiler="$1" -v isa="$isa" -v allowed="$allowed_percent" '
    NR == FNR { if ($1 == compiler && $2 == isa) recorded[$3] = $4; next }
    !($1 in recorded) { printf "%-32s %12d             not recorded\n", $1, $2; bad = 1; next }
    {
      change = 100 * ($2 / recorded[$1] - 1)
      verdict = change > allowed ? "TOO MANY" : change < -allowed ? "fine, and worth recording" : "fine"
      printf "%-32s %12d %12d %+7.2f %%  %s\n", $1, $2, recorded[$1], change, verdict
      if (change > allowed) bad = 1
      delete recorded[$1]
    }
    END {
      for (name in recorded) {
        printf "%-32s is recorded, but is no work of count_work\n", name
        bad = 1
      }
      exit bad
    }
  ' "$record" - <<<"$2"
}

check_counts() {
  local compiler counts
  if ! has_tool valgrind; then
    echo "valgrind: not installed, skipped"
    return
  fi
  if ! "$root/build/mnist_simd" kernels --isa "$isa" >/dev/null 2>&1; then
    echo "$isa: not on this CPU, skipped"
    return
  fi
  compiler=$("$root/build/bench/count_work" --compiler | tr ' ' -)
  if [ "${1:-}" != --record ] && ! grep -q "^$compiler $isa " "$record" 2>/dev/null; then
    echo "No counts are recorded for $compiler: skipped"
    return
  fi
  counts=$(count_all) || fail "The instructions could not be counted."
  if [ "${1:-}" = --record ]; then
    write_record "$compiler" "$counts"
    echo "Recorded in $record: $(wc -l <<<"$counts") counts of $compiler"
  else
    compare_counts "$compiler" "$counts" ||
      fail "Not the instructions that are recorded. If that is meant: ci/speed.sh --record, and say why."
  fi
}

case ${1:-} in
  "" | --record) ;;
  *) fail "Usage: speed.sh [--record]" ;;
esac
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE # they make OpenBLAS slower, or us look faster

require_packages
missing=$(missing_speed_packages | xargs)
if [ -n "$missing" ] && can_install; then
  step "installing $missing"
  install_packages "$missing"
elif [ -n "$missing" ]; then
  echo "Without $missing a part is left out. To have it: sudo apt-get install -y $missing"
fi
step "getting MNIST"
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
echo "$MNIST_SIMD_DATA"
build

if [ "${1:-}" = --record ]; then
  step "counting instructions"
  check_counts --record
  exit
fi
step "ratios of speed, each in one run"
"$root/build/bench/speed_check" "$MNIST_SIMD_DATA" || fail "Speed was lost."
step "instructions"
check_counts
printf '\n%d s\n' "$SECONDS"
