#!/usr/bin/env bash
# mnist_simd against PyTorch on the CPU: trains the report's final configuration by both, an epoch each in turn, and
# prints the ratio. Installs what is missing, gets the data, builds.
# Usage: compare.sh [OPTION]...
# Options of compare.py: --epochs 10 --threads N --variants tuned,module,textbook --json FILE
# PYTHON names the interpreter that has PyTorch.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../ci/lib.sh"
folder=$root/bench/peers

has_torch() { # PYTHON
  "$1" -c 'import torch, numpy' >/dev/null 2>&1
}

find_python() {
  local python
  for python in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3; do
    if has_tool "$python" && has_torch "$python"; then
      echo "$python"
      return
    fi
  done
  return 1
}

missing=
find_python >/dev/null || missing="python3-torch python3-numpy"
# Beside Debian's PyTorch, which is built for any BLAS; its default brings threads of its own.
if ! compgen -G '/usr/lib/*/openblas-openmp' >/dev/null; then
  missing="$missing libopenblas0-openmp"
fi
if [ -n "$missing" ]; then
  if can_install; then
    step "installing $missing"
    install_packages "$missing"
  elif ! find_python >/dev/null; then
    fail "Missing: $missing. On Debian or Ubuntu, type:
  sudo apt-get update && sudo apt-get install -y $missing
Elsewhere: pip install torch numpy, and PYTHON=that interpreter."
  fi
fi
python=$(find_python) || fail "No python3 imports torch and numpy; PYTHON names one that does."

require_packages
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
build
step "training in turn"
exec "$python" "$folder/compare.py" --train-bench "$root/build/bench/train_bench" --data "$MNIST_SIMD_DATA" "$@"
