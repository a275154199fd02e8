#!/usr/bin/env bash
# All benchmarks in one go, then the tables and charts of bench/README.md. Twenty minutes of a machine that does
# nothing else.
# Usage: run.sh [--quick] [FOLDER]     (FOLDER for the JSON files, default: build/bench/results)
#   --quick: the nine shapes of the chart, fewer repetitions: five minutes
# PYTHON names the interpreter that has PyTorch; without PyTorch that comparison is left out.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../ci/lib.sh"

repetitions=9
filter=warm
cold_filter=cold
[ "${1:-}" != --quick ] || {
  shift
  repetitions=3
  nine='512x784x1024|512x1024x512|784x512x1024-At|512x512x1024-Bt|256x256x256|1024x1024x1024|2048x2048x2048'
  nine="($nine|512x512x10|64x64x64)"
  filter="gemm/$nine/.*/warm"
  cold_filter="gemm/(512x784x1024|512x512x10)/.*/cold"
}
[ $# -le 1 ] || fail "Usage: run.sh [--quick] [FOLDER]"
# Each library is to choose its kernels and threads itself.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE OPENBLAS_NUM_THREADS OMP_NUM_THREADS BLIS_NUM_THREADS BLIS_ARCH_TYPE

has_module() { # PYTHON MODULE
  has_tool "$1" && "$1" -c "import $2" >/dev/null 2>&1
}

plot_python() {
  local python
  for python in ${PYTHON:+"$PYTHON"} python3 /usr/bin/python3; do
    if has_module "$python" matplotlib; then
      echo "$python"
      return
    fi
  done
  return 1
}

require_packages
plot_python >/dev/null || ! can_install || install_packages python3-matplotlib
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
build
[ -x build/bench/gemm_bench ] || fail "Google Benchmark (libbenchmark-dev) is missing."
folder=${1:-$root/build/bench/results}
mkdir -p "$folder"

step "matrix products"
interleaved=(--benchmark_repetitions="$repetitions" --benchmark_enable_random_interleaving=true)
build/bench/gemm_bench "${interleaved[@]}" --benchmark_min_time=0.05 --benchmark_filter="$filter" \
  --json "$folder/gemm-warm.json"
build/bench/gemm_bench --benchmark_repetitions=3 --benchmark_enable_random_interleaving=true --benchmark_min_time=0.05 \
  --benchmark_filter="$cold_filter" --json "$folder/gemm-cold.json"
step "kernels"
build/bench/kernel_bench --benchmark_repetitions=3 --benchmark_min_time=0.03 --json "$folder/kernel.json"

step "training"
for preset in final unregularised; do
  build/bench/train_bench --preset "$preset" --json "$folder/train-$preset.json"
done
build/bench/train_bench --threads 1 --json "$folder/train-final-1.json"
! build/mnist_simd kernels --isa avx2 >/dev/null 2>&1 ||
  build/bench/train_bench --isa avx2 --json "$folder/train-final-avx2.json"

step "beside PyTorch"
bench/peers/compare.sh --json "$folder/compare.json" || echo "The comparison with PyTorch is left out."

step "tables and charts"
if python=$(plot_python); then
  "$python" bench/plot.py "$folder"
  echo "bench/README.md is up to date. The figures: $folder"
else
  echo "No python3 imports matplotlib (python3-matplotlib): bench/README.md stays as it is. The figures: $folder"
fi
