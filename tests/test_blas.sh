#!/usr/bin/env bash
# libmnist_simd_cblas in the place of another BLAS' sgemm: what a wrong call prints, then the reference BLAS' test programs of
# level 3 (Debian's libblas-test) with every ISA. The other routines come from the reference BLAS (libblas3).
# Usage: test_blas.sh LIBRARY WRONG_SGEMM PROGRAM
set -uo pipefail

library=$(realpath "$1") wrong=$(realpath "$2") program=$(realpath "$3")
here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/checks.sh
source "$here/checks.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset MNIST_SIMD_ISA MNIST_SIMD_THREADS

run() { # ARGUMENT...
  "$wrong" "$@" >out 2>err
  code=$?
}

refused 255 "cblas_sgemm: parameter 11: ldb is 1, must be at least 2" -- row
refused 255 "cblas_sgemm: parameter 11: ldb is 1, must be at least 2" -- column
refused 255 "SGEMM: parameter 10 is illegal" -- fortran
refused 255 "sgemm: a, b and c must not be NULL" -- null
MNIST_SIMD_ISA=mmx refused 255 "sgemm: MNIST_SIMD_ISA: isa 'mmx': unknown, must be one of scalar" -- none
MNIST_SIMD_THREADS=2x refused 255 "sgemm: MNIST_SIMD_THREADS: '2x' is not a whole number from 1 to 1024" -- none
MNIST_SIMD_ISA='' MNIST_SIMD_THREADS=3 run none
check "a legal call returns" grep -qx returned out

folder=$(dirname "$(command -v /usr/lib/*/blas/xblat3s | head -n 1)" 2>/dev/null)
if [ ! -x "$folder/xscblat3" ] || [ ! -e "$folder/libblas.so.3" ]; then
  echo "skipped: the reference BLAS' tests: libblas-test or libblas3 is not installed"
  [ "$failed" -eq 0 ] && exit 77
  finish
fi

# The program's own input, of all six routines and sizes up to 9; and of sgemm alone, with sizes around those of the register
# tiles up to 65, the programs' largest.
larger() { # < INPUT
  sed -E -e 's/^6 +(NUMBER OF VALUES OF N)$/5 \1/' -e 's/^0 1 2 3 5 9 .*/7 17 33 48 65/' \
    -e '/^(cblas_)?sgemm /I!s/^([a-z0-9_]+ +)T PUT F/\1F PUT F/I'
}
cp "$folder/sblat3.in" xblat3s.in
cp "$folder/sin3" xscblat3.in
larger <xblat3s.in >xblat3s-larger.in
larger <xscblat3.in >xscblat3-larger.in

# Our library is loaded first, so that its sgemm is found before that of the reference BLAS.
blas_test() { # ISA PROGRAM INPUT
  rm -f sblat3.out
  MNIST_SIMD_ISA=$1 LD_LIBRARY_PATH=$folder LD_PRELOAD=$library "$folder/$2" <"$3" >out 2>err
  [ ! -f sblat3.out ] || cat sblat3.out >>out
}

# Of sgemm exactly these lines, of none a failure.
reports() { # LINE...
  diff <(grep -i sgemm out | tr -s ' ' | sed 's/^ //') <(printf '%s\n' "$@") >err && ! grep -qE 'FAIL|\*\*\*' out
}

for name in xblat3s xscblat3; do
  blas_test mmx $name $name.in
  check "$name calls our library" grep -q "isa 'mmx': unknown" err
done
for isa in $("$program" kernels | sed -n 's/^\([a-z0-9]*\)  *yes$/\1/p'); do
  for size in "" -larger; do
    calls=$([ -z "$size" ] && echo 17496 || echo 10125) # 3 x 3 transpositions, alphas, betas; 6 or 5 sizes of m, n, k
    blas_test "$isa" xblat3s xblat3s$size.in
    check "$isa: sgemm_, $calls calls" reports "SGEMM PASSED THE TESTS OF ERROR-EXITS" \
      "SGEMM PASSED THE COMPUTATIONAL TESTS ( $calls CALLS)"
    blas_test "$isa" xscblat3 xscblat3$size.in
    check "$isa: cblas_sgemm, $calls calls for each layout" reports "cblas_sgemm PASSED THE TESTS OF ERROR-EXITS" \
      "cblas_sgemm PASSED THE COLUMN-MAJOR COMPUTATIONAL TESTS ( $calls CALLS)" \
      "cblas_sgemm PASSED THE ROW-MAJOR COMPUTATIONAL TESTS ( $calls CALLS)"
  done
done
finish
