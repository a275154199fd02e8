#!/usr/bin/env bash
# Checks the one-way rule of includes (CONTRIBUTING.md).
# Usage: check_includes.sh [ROOT]
#        check_includes.sh --self-test     makes a tree with each kind of violation and sees each one found
set -euo pipefail

# Reads "file:line:#include ..." lines; prints the violations; exits with 1 if there are any.
read -r -d '' rules <<'AWK' || true
# The layer of a path: a file may include files of its own and of lower layers. 0: not ours.
function layer(path) {
  if (path == "runtime/mnist_simd.h") return 2.5 # between reference and platform: kernels and reference do without
  if (path ~ /^kernels\//) return 1
  if (path ~ /^reference\//) return 2
  if (path ~ /^cblas\//) return 2.6 # built on the public header alone
  if (path ~ /^runtime\/platform\//) return 3
  if (path ~ /^runtime\/data\//) return 4
  if (path ~ /^runtime\/nn\//) return 5
  if (path ~ /^runtime\/run\//) return 6
  if (path ~ /^runtime\/sweep\//) return 7
  if (path ~ /^runtime\/pictures\//) return 7.5 # built on platform and data alone
  if (path ~ /^runtime\/exchange\//) return 7.6
  if (path ~ /^runtime\/report\//) return 8
  if (path ~ /^runtime\/cli\//) return 9
  if (path ~ /^(tests|bench|web)\//) return 10
  return 0
}
function isa(path) {
  return path ~ /^kernels\/[^\/]+\// && path !~ /^kernels\/simd\// ? substr(path, 1, index(substr(path, 9), "/") + 8) : ""
}
# What kernels/simd/ or the loops of the benchmarks find in the folder of the ISA that they are compiled for.
function vocabulary(path) { return path == "vec.h" || path == "transpose.h" || path == "gemm_sizes.h" }
function exists(path,   line, found) { found = (getline line < (root "/" path)) >= 0; close(root "/" path); return found }
function complain(text) { print from ":" number ": " text; bad = 1 }
{
  split($0, part, ":"); from = part[1]; number = part[2]
  sub("^" root "/", "", from)
  if (!match($0, /["<][^">]+[">]/)) next
  to = substr($0, RSTART + 1, RLENGTH - 2)
  # <...> is a system header, unless it reaches a file of ours through the include path.
  if (substr($0, RSTART, 1) == "<" && !exists(to)) next
  folder = from; sub(/[^\/]*$/, "", folder)
  if (to !~ /\// && exists(folder to)) to = folder to
  if (vocabulary(to) && from ~ /^kernels\/simd\//) next
  if (!exists(to)) { complain("includes \"" to "\", which is neither in its folder nor below the root"); next }
  if (from == "runtime/mnist_simd.h") complain("the public header includes " to)
  else if (layer(from) == 0 || layer(to) == 0) complain("includes " to ": one of both is in no known layer")
  else if (layer(to) > layer(from)) complain("includes " to " of a higher layer")
  else if (layer(from) == 7.5 && layer(to) > 4 && layer(to) < 7.5) complain("includes " to ": pictures are read without it")
  else if (isa(to) != "" && isa(to) != isa(from) && layer(from) < 10) complain("includes " to " of an ISA folder")
}
END { exit bad }
AWK

check() { # ROOT
  local includes
  includes=$(cd "$1" && grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' --include='*.[ch]' --include='*.cc' \
    kernels reference runtime cblas tests bench web 2>/dev/null) || true # grep: some of the folders may not be there
  [ -n "$includes" ] || { echo "no include at all below $1: nothing was checked"; return 1; }
  awk -v root="$1" "$rules" <<<"$includes"
}

self_test() {
  local tree file include found n=0
  tree=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$tree'" EXIT
  mkdir -p "$tree"/{kernels/avx2,kernels/neon,kernels/simd,reference,runtime/{platform,nn,run,sweep,pictures,exchange,cli},cblas,tests,bench}
  touch "$tree"/kernels/{kernels.h,avx2/vec.h,neon/vec.h,simd/simd.h} "$tree"/reference/reference.h "$tree"/runtime/mnist_simd.h \
    "$tree"/runtime/{platform/files.h,nn/step.h,sweep/sweep.h,pictures/picture.h,exchange/exchange.h,cli/options.h}
  printf '#include "kernels/kernels.h"\n#include "vec.h"\n#include <math.h>\n' >"$tree/kernels/simd/good.c"
  printf '#include "kernels/simd/simd.h"\n#include "vec.h"\n' >"$tree/kernels/avx2/good.h"
  printf '#include "runtime/nn/step.h"\n#include "kernels/avx2/vec.h"\n' >"$tree/tests/good.c"
  printf '#include "runtime/mnist_simd.h"\n#include "runtime/platform/files.h"\n' >"$tree/runtime/nn/good.c"
  printf '#include "runtime/pictures/picture.h"\n#include "runtime/platform/files.h"\n' >"$tree/runtime/pictures/good.c"
  check "$tree" || { echo "check_includes: self-test: a good tree is refused"; exit 1; }
  if check "$tree/nowhere" >/dev/null 2>&1; then
    echo "check_includes: self-test: a folder without sources is fine"
    exit 1
  fi
  while read -r file include; do
    printf '#include %s\n' "$include" >"$tree/$file"
    found=$(check "$tree") || true
    if [[ $found != "$file:1: "* ]]; then
      echo "check_includes: self-test: $file may include $include"
      exit 1
    fi
    : >"$tree/$file"
    n=$((n + 1))
  done <<'CASES'
kernels/avx2/bad.c "kernels/neon/vec.h"
kernels/simd/bad.c "kernels/neon/vec.h"
kernels/simd/bad.c "avx2.h"
reference/bad.c "vec.h"
kernels/avx2/bad.c "reference/reference.h"
kernels/avx2/bad.c "nothing.h"
kernels/avx2/bad.c <runtime/nn/step.h>
reference/bad.c "runtime/platform/files.h"
reference/bad.c "runtime/mnist_simd.h"
reference/bad.c "kernels/avx2/vec.h"
runtime/platform/bad.c "runtime/nn/step.h"
cblas/bad.c "runtime/platform/files.h"
runtime/nn/bad.c "runtime/cli/options.h"
runtime/run/bad.c "runtime/sweep/sweep.h"
runtime/sweep/bad.c "runtime/pictures/picture.h"
runtime/pictures/bad.c "runtime/nn/step.h"
runtime/pictures/bad.c "runtime/cli/options.h"
runtime/sweep/bad.c "runtime/exchange/exchange.h"
runtime/pictures/bad.c "runtime/exchange/exchange.h"
runtime/exchange/bad.c "runtime/cli/options.h"
runtime/nn/bad.c "../platform/files.h"
runtime/mnist_simd.h "kernels/kernels.h"
CASES
  echo "includes: self-test found all $n violations"
}

if [ "${1:-}" = --self-test ]; then
  self_test
else
  root=${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
  check "$root"
  echo "includes: fine"
fi
