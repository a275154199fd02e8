#!/usr/bin/env bash
# From a clone to the report's result: installs what is missing, gets the data, builds, trains with seed 42.
# Usage: train.sh [OPTION]...     (options of 'mnist_simd train', passed on)
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# --data names the data for this script's own step too.
arguments=("$@")
for i in "${!arguments[@]}"; do
  case ${arguments[i]} in
    --data) export MNIST_SIMD_DATA=${arguments[i + 1]:-} ;;
    --data=*) export MNIST_SIMD_DATA=${arguments[i]#--data=} ;;
  esac
done

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
