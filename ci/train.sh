#!/usr/bin/env bash
# From a clone to the report's result: installs what is missing, gets the data, builds, trains with seed 42.
# Usage: train.sh [OPTION]...     (options of 'mnist_simd train', passed on)
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

absolute() { # PATH
  case $1 in
    /*) echo "$1" ;;
    *) echo "$PWD/$1" ;;
  esac
}

# --data names the data for this script's own step too. It is meant from where the caller stands, and the program is started
# in build/: made absolute.
arguments=("$@")
for ((i = 0; i < $#; i++)); do
  case ${arguments[i]} in
    --data)
      i=$((i + 1))
      [ "$i" -lt $# ] || break # no value: the program says so
      arguments[i]=$(absolute "${arguments[i]}")
      export MNIST_SIMD_DATA=${arguments[i]}
      ;;
    --data=*)
      MNIST_SIMD_DATA=$(absolute "${arguments[i]#--data=}")
      export MNIST_SIMD_DATA
      arguments[i]=--data=$MNIST_SIMD_DATA
      ;;
  esac
done
set -- "${arguments[@]}"

require_packages
step "getting MNIST"
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
echo "$MNIST_SIMD_DATA"
build

cd "$root/build"
if [ $# -eq 0 ] && [ -f runs/final-seed42/run.json ]; then
  step "build/runs/final-seed42 is trained already: evaluating it (to train anew: ./ci/train.sh --force)"
  exec ./mnist_simd eval runs/final-seed42
fi
step "./mnist_simd train --seed 42 $*"
exec ./mnist_simd train --seed 42 "$@"
