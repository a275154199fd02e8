#!/usr/bin/env bash
# One digest everywhere: builds the program by several compilers, at several optimisation levels, for several architectures,
# and has each build verify the short run with every ISA on several numbers of threads ('mnist_simd verify'), under emulation
# where this machine cannot run it. Prints one table. Installs what is missing if it may; what did not run is named as skipped.
# Usage: bits.sh [--all]
# Without --all: a choice that fits into CI. MNIST_SIMD_REQUIRE names the ISAs, architectures and compilers that must not be
# skipped, "scalar avx2 neon s390x clang-19" for one.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Builds: without --all those marked ci. A target is this machine, one of ci/cross.cmake's, or that of ci/windows.cmake. lto is -O2 with link-time
# optimisation; -O2+ runs test_kernels too, with each ISA that is emulated; without --all, with those of tested_in_ci.
builds='
ci   native                    gcc-12    -O0 -O2 -O3 lto
ci   native                    clang-14  -O2
ci   native                    clang-19  lto
ci   native                    gcc-11    -O2
ci   native                    clang-16  -O2
all  native                    gcc-12    -Os
all  native                    gcc-11    -O0 -O3 -Os lto
all  native                    clang-14  -O0 -O3 -Os lto
all  native                    clang-16  -O0 -O3 -Os lto
all  native                    clang-19  -O0 -O2 -O3 -Os
ci   x86_64-linux-musl         gcc       -O2
all  x86_64-linux-musl         gcc       -O3
ci   x86_64-w64-mingw32        gcc       -O2
all  x86_64-w64-mingw32        gcc       -O0 -O3
ci   i686-linux-gnu            gcc       -O2+
all  i686-linux-gnu            gcc       -O0 -O3
ci   aarch64-linux-gnu         gcc       -O2+
all  aarch64-linux-gnu         gcc       -O0 -O3 -Os lto
all  aarch64-linux-gnu         clang-19  -O2 -O3
ci   riscv64-linux-gnu         clang-19  -O2+
all  riscv64-linux-gnu         clang-19  -O0 -O3
all  riscv64-linux-gnu         gcc       -O2
ci   powerpc64le-linux-gnu     gcc       -O2+
all  powerpc64le-linux-gnu     gcc       -O0 -O3
all  powerpc64le-linux-gnu     clang-19  -O2
ci   s390x-linux-gnu           gcc       -O2+
all  s390x-linux-gnu           gcc       -O0 -O3
all  s390x-linux-gnu           clang-19  -O2
ci   powerpc64-linux-gnu       gcc       -O2+
ci   arm-linux-gnueabihf       gcc       -O2+
'

# What each build of a target runs: ISA, numbers of threads, emulator.
runs='
native                 scalar   1,2,3,7
native                 avx2     1,2,3,7
native                 avx512   1,2,3,7
x86_64-linux-musl      scalar   1,3
x86_64-linux-musl      avx2     1,3
x86_64-linux-musl      avx512   1,3
x86_64-linux-musl      scalar   1,3      qemu-x86_64 -cpu Nehalem
x86_64-w64-mingw32     scalar   1,3      wine
x86_64-w64-mingw32     avx2     1,3      wine
x86_64-w64-mingw32     avx512   1,3      wine
i686-linux-gnu         scalar   1,3      qemu-i386 -cpu coreduo
aarch64-linux-gnu      scalar   1,3      qemu-aarch64 -cpu cortex-a72
aarch64-linux-gnu      neon     1,3      qemu-aarch64 -cpu cortex-a72
aarch64-linux-gnu      sve128   1,3      qemu-aarch64 -cpu max,sve128=on
aarch64-linux-gnu      sve256   1,3      qemu-aarch64 -cpu max,sve256=on
aarch64-linux-gnu      sve512   1,3      qemu-aarch64 -cpu max,sve512=on
riscv64-linux-gnu      scalar   1,3      qemu-riscv64 -cpu rv64
riscv64-linux-gnu      rvv128   1,3      qemu-riscv64 -cpu rv64,v=true,vlen=128,vext_spec=v1.0
riscv64-linux-gnu      rvv256   1,3      qemu-riscv64 -cpu rv64,v=true,vlen=256,vext_spec=v1.0
riscv64-linux-gnu      rvv512   1,3      qemu-riscv64 -cpu rv64,v=true,vlen=512,vext_spec=v1.0
powerpc64le-linux-gnu  scalar   1,3      qemu-ppc64le -cpu power8
powerpc64le-linux-gnu  vsx      1,3      qemu-ppc64le -cpu power8
powerpc64le-linux-gnu  vsx      1,3      qemu-ppc64le -cpu power9
s390x-linux-gnu        scalar   1,3      qemu-s390x -cpu max
powerpc64-linux-gnu    scalar   1,3      qemu-ppc64 -cpu power7
arm-linux-gnueabihf    scalar   1,3      qemu-arm -cpu cortex-a15
'

tested_in_ci="scalar neon sve256 rvv256 vsx"

folder=$root/build-bits
case "${1-}" in
  '') chosen='^ci ' ;; # of the builds
  --all) chosen=. ;;
  *) fail "$1: bits.sh has one option, --all" ;;
esac

architecture_of() { # TARGET
  local name=${1%%-*}
  case $1 in
    native) uname -m ;;
    *-musl) echo "$name-musl" ;;
    *-mingw32) echo "$name-windows" ;;
    *) echo "${name/powerpc/ppc}" ;;
  esac
}

row() { # ISA TARGET COMPILER THREADS TEXT
  printf '%-7s %-14s %-14s %-8s %s\n' "$1" "$(architecture_of "$2")" "$3" "$4" "$5"
}

# Debian's packages of the compilers and emulators that are missing.
missing_compilers() { # reads builds
  local target compiler version
  while read -r _ target compiler _; do
    version=${compiler#*-}
    case $compiler in
      gcc-*) has_tool "$compiler" || echo "$compiler" ;;
      clang-*) has_tool "$compiler" && has_tool "ld.lld-$version" && has_tool "llvm-ar-$version" ||
        echo "$compiler lld-$version llvm-$version" ;;
    esac
    [ "$target" = native ] || { has_tool "$target-gcc" && has_tool qemu-aarch64; } || cross_packages "$target"
  done | xargs -n 1 | sort -u | xargs
}

# Why a build cannot be made here; nothing if it can.
obstacle() { # TARGET COMPILER LEVEL
  local version=${2#*-}
  if [ "$1" != native ] && ! has_tool "$1-gcc"; then
    echo "$1-gcc is not installed"
  elif [ "$1" != native ] && ! [ -f "$root/build-cross/$1/lib/libjansson.a" ]; then
    echo "its static libraries could not be built"
  elif [ "$2" != gcc ] && ! has_tool "$2"; then
    echo "$2 is not installed"
  elif [[ $2 = clang-* && $3 = lto ]] && ! { has_tool "ld.lld-$version" && has_tool "llvm-ar-$version"; }; then
    echo "lld-$version or llvm-$version is not installed"
  fi
}

compile() { # TARGET COMPILER LEVEL FOLDER
  local options=(-DCMAKE_BUILD_TYPE=None -DMNIST_SIMD_BENCH=OFF) level=${3/lto/-O2} # in CFLAGS, beside what the target needs
  case $1 in
    native) ;;
    *-mingw32) options+=(-DCMAKE_TOOLCHAIN_FILE="$root/ci/windows.cmake") ;;
    *) options+=(-DCMAKE_TOOLCHAIN_FILE="$root/ci/cross.cmake" -DMNIST_SIMD_TARGET="$1") ;;
  esac
  [ "$2" = gcc ] || options+=(-DCMAKE_C_COMPILER="$2")
  if [ "$3" = lto ]; then
    options+=(-DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON)
    [[ $2 != clang-* ]] || options+=(-DCMAKE_EXE_LINKER_FLAGS="-fuse-ld=lld-${2#*-}")
  fi
  CFLAGS=$level cmake -S "$root" -B "$4" "${options[@]}" && cmake --build "$4" --target mnist_simd
}

# ---- A build and its runs. The functions share job's variables: target, name (of files), program, label (of the compiler) ----

# One run: threads, digest of the last epoch, verdict.
verify() { # ISA THREADS COMMAND...
  local verdict=pass
  timeout --foreground 900 "${@:3}" verify --digests --isa "$1" --threads "$2" >"$name.out" 2>>"$name.log" || verdict=FAIL
  cat "$name.out" >>"$name.log"
  awk -v threads="$2" -v verdict=$verdict '
    $1 == "epoch" { digest = $3 }
    END { print threads, digest == "" ? "none" : digest, verdict }' "$name.out"
}

# The rows of an ISA: the numbers of threads that agree share one.
run_isa() { # ISA THREADS EMULATOR...
  local isa=$1 how="${*:3}" known threads digest verdict
  how=${how:-native}
  if [ "$how" != native ] && ! has_tool "$3"; then
    row "$isa" "$target" "$label" - "skipped: $3 is not installed"
    return
  fi
  known=$("${@:3}" "$program" kernels 2>>"$name.log") || {
    row "$isa" "$target" "$label" - "FAIL: the program does not run, $how"
    return
  }
  known=$(awk -v isa="$isa" '$1 == isa { print $2; exit }' <<<"$known")
  if [ "$known" != yes ]; then
    row "$isa" "$target" "$label" - "skipped: not $([ "$known" = no ] && echo on this CPU || echo in this build)"
    return
  fi
  for threads in ${2//,/ }; do
    verify "$isa" "$threads" "${@:3}" "$program"
  done | awk '{ all[$2 " " $3] = all[$2 " " $3] "," $1 } END { for (key in all) print substr(all[key], 2), key }' |
    while read -r threads digest verdict; do
      row "$isa" "$target" "$label" "$threads" "${digest:0:16} $verdict  $how"
      echo "$digest" >>"$name.digests"
    done
  ! $tested || [ "$how" = native ] || { [ "$chosen" != . ] && ! grep -qwF "$isa" <<<"$tested_in_ci"; } ||
    test_isa "$isa" "${@:3}"
}

# Every kernel against the reference, to the bit; the reference itself against double precision.
test_isa() { # ISA EMULATOR...
  local verdict=pass test=test_kernels
  [ "$1" != scalar ] || test=test_reference
  cmake --build "$name" --target $test >>"$name.log" 2>&1 &&
    MNIST_SIMD_REQUIRE=$1 timeout --foreground 1800 "${@:2}" "$name/tests/$test" >>"$name.log" 2>&1 || verdict=FAIL
  row "$1" "$target" "$label" - "$(printf '%-16s' $test) $verdict  ${*:2}"
}

# Leaves rows and digests.
job() { # TARGET COMPILER LEVEL[+]
  local target=$1 compiler=$2 level=${3%+} tested=false name program label reason built started=$SECONDS isa threads emulator
  name=$folder/${target}_$compiler$level label="$compiler $level"
  program=$name/mnist_simd
  [[ $target != *-mingw32 ]] || program+=.exe
  [ "$3" = "$level" ] || tested=true
  [ "$compiler" != gcc ] || label="gcc-$("$target-gcc" -dumpversion 2>/dev/null || echo '?') $level"
  rm -rf "$name" "$name".{log,rows,digests}
  reason=$(obstacle "$target" "$compiler" "$level")
  if [ -n "$reason" ]; then
    row - "$target" "$label" - "skipped: $reason" >"$name.rows"
  elif ! compile "$target" "$compiler" "$level" "$name" >"$name.log" 2>&1; then
    row - "$target" "$label" - "FAIL: could not be built, see $name.log" >"$name.rows"
    tail -n 20 "$name.log"
  else
    built=$SECONDS
    while read -r _ isa threads emulator; do
      # shellcheck disable=SC2086 # the emulator and its options are words
      run_isa "$isa" "$threads" $emulator
    done < <(grep "^$target " <<<"$runs") >"$name.rows"
    echo "$label $target: built in $((built - started)) s, run in $((SECONDS - built)) s"
  fi
}

# Jobs of the background ignore the keyboard's signals.
trap 'trap - TERM; kill 0' INT TERM

at_most_one_a_core() {
  while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do
    wait -n || true
  done
}

require_packages
builds_chosen=$(grep "$chosen" <<<"$builds")
missing=$(missing_compilers <<<"$builds_chosen")
if [ -n "$missing" ] && can_install; then
  step "installing $missing"
  install_available "$missing"
fi
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
mkdir -p "$folder"
export WINEPREFIX=$folder/wine WINEDEBUG=-all

step "static libraries for the other targets"
targets=$(awk '$2 != "native" { print $2 }' <<<"$builds_chosen" | sort -u)
(fetch_library_sources) >"$folder/sources.log" 2>&1 || cat "$folder/sources.log"
for target in $targets; do
  at_most_one_a_core
  ! has_tool "$target-gcc" || (build_static_libraries "$target") >"$folder/$target.log" 2>&1 &
done
wait

step "builds and runs, one a core"
names=()
while read -r _ target compiler levels; do
  for level in $levels; do
    names+=("$folder/${target}_$compiler${level%+}")
    at_most_one_a_core
    { job "$target" "$compiler" "$level" || echo FAIL >>"$folder/${target}_$compiler${level%+}.rows"; } &
  done
done <<<"$builds_chosen"
wait

step "models and checkpoints across byte orders"
machines=("$folder/native_gcc-12-O2" "qemu-s390x $folder/s390x-linux-gnu_gcc-O2" "qemu-aarch64 $folder/aarch64-linux-gnu_gcc-O2")
exchange="skipped: "
for machine in "${machines[@]}"; do
  [ -x "${machine#* }/mnist_simd" ] || exchange+="${machine##*/} is missing. "
done
if [ "$exchange" = "skipped: " ]; then
  exchange=pass
  "$root/tests/test_exchange.sh" "$MNIST_SIMD_DATA" "${machines[@]/%//mnist_simd}" || exchange=FAIL
fi

step "one table"
table=$folder/table
{
  row ISA CPU compiler threads "SHA-256 of the weights"
  cat "${names[@]/%/.rows}"
  echo "a run begun on x86_64, resumed on s390x, ended on aarch64; models and checkpoints exchanged: $exchange"
} | tee "$table"
failed=0
for name in ${MNIST_SIMD_REQUIRE:-}; do
  if ! grep ' pass ' "$table" | awk '{ print $1, $2, $3 }' | grep -qwF -- "$name"; then
    echo "$name is required and did not run."
    failed=1
  fi
done
digests=$(cat "${names[@]/%/.digests}" 2>/dev/null | sort -u)
if [ "$chosen" != . ]; then
  grep -v "$chosen" <<<"$builds" | awk 'NF { $1 = ""; print "left out without --all:" $0 }'
  echo "left out without --all: tests of kernels but for $tested_in_ci"
fi
awk -v seconds=$SECONDS -v digests="$digests" '
  / (pass|FAIL) / && !/ test_/ { cells += split($5, _, ","); sub(/-(musl|windows)$/, "", $2); cpu[$1 " " $2] }
  / test_.* pass / { tested++ }
  /skipped:/ { skipped++ }
  END {
    printf "\n%d cells on %d kinds of CPU (ISA with its vector length, architecture), %d tests of kernels, %d skipped, %d s\n",
           cells, length(cpu), tested, skipped, seconds
    printf "%d digest(s): %s\n", split(digests, _, "\n"), digests
  }' "$table"
if grep -q FAIL "$table" || [ "$(wc -w <<<"$digests")" -ne 1 ] || [ $failed -ne 0 ]; then
  fail "The bits differ, or a run failed."
fi
