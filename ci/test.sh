#!/usr/bin/env bash
# All tests: installs what is missing, gets the data, checks the sources, builds, runs CTest.
# Usage: test.sh [OPTION]...     (options of ctest, passed on)
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

require_packages
want_test_packages
step "getting MNIST"
MNIST_SIMD_DATA=$("$root/ci/get_data.sh")
export MNIST_SIMD_DATA
echo "$MNIST_SIMD_DATA"

step "checking includes, format and scripts"
cd "$root"
ci/check_includes.sh --self-test
ci/check_includes.sh
# Other versions of clang-format break lines differently: only the one that the sources were formatted with is asked.
if has_tool clang-format && clang-format --version | grep -q 'version 14\.'; then
  find kernels reference runtime tests bench -name '*.[ch]' -print0 -o -name '*.cc' -print0 | xargs -0 clang-format --dry-run -Werror
  echo "clang-format: fine"
else
  echo "clang-format 14: not installed, skipped"
fi
if has_tool shellcheck; then
  shellcheck -S warning -x ci/*.sh tests/*.sh sweeps/*.sh bench/*.sh bench/peers/*.sh .ci/run
  echo "shellcheck: fine"
else
  echo "shellcheck: not installed, skipped"
fi

build
step "testing"
exec ctest --test-dir build --output-on-failure --parallel "$(nproc)" "$@"
