#!/usr/bin/env bash
# From a clone to the report's result: installs what is missing, gets the data, builds, trains with seed 42.
# Usage: train.sh [OPTION]...     (options of 'mnist_simd train', passed on)
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Before anything is installed or built.
for argument in "$@"; do
  case $argument in
    -h | --help)
      sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}"
      if [ -x "$root/build/mnist_simd" ]; then
        exec "$root/build/mnist_simd" train --help
      fi
      echo "Among them: --epochs N, --preset NAME, --seed N, --out DIR, --data DIR, --force. All: build/mnist_simd train --help,"
      echo "once it is built."
      exit
      ;;
  esac
done

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
run=runs/final-seed42
if [ $# -eq 0 ] && grep -qs "$(<"$root/tests/golden/final_seed42.sha256")" $run/run.json; then
  step "build/$run is trained already: evaluating it (to train anew: ./ci/train.sh --force)"
  exec ./mnist_simd eval $run
fi
# What an interrupted run left is no result: go on with it.
if [ $# -eq 0 ] && compgen -G "$run/checkpoint-?.safetensors" >/dev/null; then
  step "./mnist_simd train --resume $run, in build/"
  exec ./mnist_simd train --resume $run
fi
if [ $# -eq 0 ] && [ -d $run ] && ! grep -qs '"status": "finished"' $run/run.json; then
  set -- --force
fi
step "./mnist_simd train --seed 42 $*, in build/"
exec ./mnist_simd train --seed 42 "$@"
